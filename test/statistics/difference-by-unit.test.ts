import { expect, test } from "vitest";
import { differenceByUnit, meanByUnit, type ArmRows } from "../../statistics/index.ts";
import { random } from "../blueprints/random.ts";

const arm = (values: readonly number[], name: string): ArmRows => ({
  values,
  units: values.map((_, at) => `${name}${at}`),
});

test("it is the difference of both means, and is known better than by the bounds of either", () => {
  const draw = random(5);
  const [one, other] = [200, 800].map((count, at) =>
    arm(
      Array.from({ length: count }, () => draw() + 0.2 * at),
      `arm ${at}, `,
    ),
  );
  const [ours, theirs] = [one!, other!].map(({ values, units }) => meanByUnit(values, units)!);
  const { value, low, high } = differenceByUnit(one!, other!)!;
  expect(value).toBeCloseTo(ours!.mean - theirs!.mean, 12);
  expect(high - value).toBeCloseTo(value - low, 12);
  const apart = [ours!.low - theirs!.high, ours!.high - theirs!.low];
  expect((high - low) / (apart[1]! - apart[0]!)).toBeLessThan(0.85);
});

test("a unit's rows belong together, and a row of weight 2 counts as two", () => {
  const twice = (of: ArmRows): ArmRows => ({ values: [...of.values, ...of.values], units: [...of.units, ...of.units] });
  const [one, other] = [arm([1, 0, 2, 1], "a"), arm([0, 0, 1, 3, 2], "b")];
  const plain = differenceByUnit(one, other)!;
  const doubled = differenceByUnit(twice(one), { ...other, weights: [2, 2, 2, 2, 2] })!;
  for (const name of ["value", "low", "high"] as const) expect(doubled[name]).toBeCloseTo(plain[name], 12);
});

test("without a row of either arm there is no difference", () => {
  expect(differenceByUnit(arm([], "a"), arm([1, 2], "b"))).toBeUndefined();
  expect(differenceByUnit(arm([1, 2], "a"), { ...arm([1], "b"), weights: [0] })).toBeUndefined();
});

test("looked at 20 times, each bound misses the truth in at most a twentieth of 600 trials", () => {
  const draw = random(31);
  let [above, below] = [0, 0];
  const truth = 0.05;
  for (let trial = 0; trial < 600; trial++) {
    const arms = [0, 1].map(() => ({ values: [] as number[], units: [] as string[] }));
    let [isAbove, isBelow] = [false, false];
    for (let look = 0; look < 20; look++) {
      for (const [at, { values, units }] of arms.entries()) {
        // A canary of a fifth of the units. A unit has its own rate, and comes again.
        for (let row = 0; row < (at === 0 ? 15 : 60); row++) {
          const unit = Math.floor(draw() * (at === 0 ? 100 : 400));
          units.push(`${at} ${unit}`);
          const rate = 0.05 + ((unit * 7919) % 100) / 500 + (at === 0 ? truth : 0);
          values.push(draw() < rate ? 1 : 0);
        }
      }
      if (new Set(arms[0]!.units).size < 30) continue;
      const { low, high } = differenceByUnit(arms[0]!, arms[1]!)!;
      if (low > truth) isAbove = true;
      if (high < truth) isBelow = true;
    }
    above += Number(isAbove);
    below += Number(isBelow);
  }
  expect(above).toBeLessThanOrEqual(30);
  expect(below).toBeLessThanOrEqual(30);
});
