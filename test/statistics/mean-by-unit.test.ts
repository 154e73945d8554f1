import { expect, test } from "vitest";
import { confidenceSequence, meanByUnit } from "../../statistics/index.ts";
import { random } from "../blueprints/random.ts";

test("of rows that are units of their own it is the confidence sequence of their mean", () => {
  const draw = random(3);
  const values = Array.from({ length: 200 }, () => draw());
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const found = meanByUnit(
    values,
    values.map((_, at) => `u${at}`),
  )!;
  const [low, high] = confidenceSequence(mean, variance, 200);
  for (const [ours, theirs] of [
    [found.mean, mean],
    [found.low, low],
    [found.high, high],
  ] as const)
    expect(ours).toBeCloseTo(theirs, 12);
  expect(found.units).toBe(200);
});

test("rows of a unit that are all the same say as much as one, and a row of weight 2 as two rows", () => {
  const values = [0, 1, 1, 0, 1, 0, 0, 1];
  const units = values.map((_, at) => `u${at}`);
  const once = meanByUnit(values, units)!;
  const four = meanByUnit(
    values.flatMap((value) => [value, value, value, value]),
    units.flatMap((unit) => [unit, unit, unit, unit]),
  )!;
  expect(four).toEqual(once);
  const twice = meanByUnit([...values, ...values.slice(0, 3)], [...units, ...units.slice(0, 3)])!;
  const weighted = meanByUnit(
    values,
    units,
    values.map((_, at) => (at < 3 ? 2 : 1)),
  )!;
  expect(weighted.mean).toBeCloseTo(twice.mean, 12);
  expect(weighted.low).toBeCloseTo(twice.low, 12);
});

test("without a row, or a row that weighs something, there is no mean, and a unit without weight does not count", () => {
  expect(meanByUnit([], [])).toBeUndefined();
  expect(meanByUnit([1], ["u"], [0])).toBeUndefined();
  expect(meanByUnit([1, 5], ["u", "v"], [1, 0])).toMatchObject({ mean: 1, units: 1 });
});

test("looked at 20 times, the bounds of two arms alike lie apart in at most a tenth of 400 trials", () => {
  const draw = random(29);
  let apart = 0;
  for (let trial = 0; trial < 400; trial++) {
    const arms = [0, 1].map(() => ({ values: [] as number[], units: [] as string[] }));
    let isApart = false;
    for (let look = 0; look < 20; look++) {
      for (const [at, { values, units }] of arms.entries()) {
        // A canary of a fifth of the units. A unit has its own rate, and comes again.
        for (let row = 0; row < (at === 0 ? 15 : 60); row++) {
          const unit = Math.floor(draw() * (at === 0 ? 100 : 400));
          units.push(`u${unit}`);
          values.push(draw() < 0.05 + ((unit * 7919) % 100) / 500 ? 1 : 0);
        }
      }
      const [one, other] = arms.map(({ values, units }) => meanByUnit(values, units)!);
      if (one!.units >= 30 && (one!.low > other!.high || other!.low > one!.high)) isApart = true;
    }
    if (isApart) apart++;
  }
  expect(apart).toBeLessThanOrEqual(40);
});
