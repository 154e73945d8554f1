import { expect, test } from "vitest";
import { canarySalt, unitPlace } from "../../../blueprints/index.ts";
import type { ModelState } from "../../../schemas/index.ts";
import { returnFigures } from "../../../trainer/ladder/return-figures.ts";
import { seenEpisodes } from "../../../trainer/ladder/seen-episodes.ts";
import { compiled, episode, HOUR, step } from "./episodes.ts";

const placeOf = (unit: string): number => unitPlace(canarySalt("new"), unit);
const units = Array.from({ length: 1_000 }, (_, at) => `u${at}`);
/** Units whose places lie in a stretch. */
const between = (from: number, to: number, count: number): readonly string[] =>
  units.filter((unit) => placeOf(unit) >= from && placeOf(unit) < to).slice(0, count);
const of = async (rows: readonly ReturnType<typeof episode>[], steps: readonly ModelState[], until = 1_000 * HOUR) =>
  returnFigures(await seenEpisodes(compiled, rows.flat(), steps[0]!.time, until), steps, {
    modelId: "new",
    rival: "old",
  });

test("both arms have the mean return of their episodes by unit, and their difference", async () => {
  const [ours, theirs] = [between(0, 0.2, 40), between(0.2, 1, 90)];
  const found = await of(
    [
      ...ours.flatMap((unit) => [episode(unit, HOUR, { modelId: "new" }), episode(unit, 9 * HOUR, { modelId: "new" })]),
      ...theirs.map((unit) => episode(unit, HOUR, { clicks: [1, 0] })),
    ],
    [step(1, 0.2)],
  );
  expect(found).toMatchObject({
    canary: { mean: 1.5, units: 40, episodes: 80 },
    production: { mean: 1, units: 90, episodes: 90 },
    difference: { value: 0.5 },
    ...{ tooNew: 0, ofNoArm: 0 },
  });
});

test("episodes of both models, of other choices, of several units and without a reward are of no arm", async () => {
  const [[a, b, c, d, e, f]] = [between(0, 0.2, 6) as [string, string, string, string, string, string]];
  const [g] = between(0.5, 1, 1);
  const found = await of(
    [
      episode(a, HOUR, { modelId: "new" }),
      episode(b, HOUR, { modelId: "new", steps: [{}, { modelId: "old" }] }),
      episode(c, HOUR, { modelId: "new", reason: "holdout" }),
      episode(d, HOUR, { modelId: "new", steps: [{}, { unit: a }] }),
      episode(e, HOUR, { modelId: "new", clicks: [1, null] }),
      // By a model that a person has put there.
      episode(f, HOUR, { modelId: "another" }),
      episode(g!, HOUR),
    ],
    [step(1, 0.2)],
  );
  expect(found).toMatchObject({ canary: { episodes: 1 }, production: { episodes: 1 }, ofNoArm: 5 });
});

test("of units that change to the canary none of the former episodes count, short or long", async () => {
  const [stays, changes, never] = [between(0, 0.2, 30), between(0.2, 0.5, 30), between(0.5, 1, 30)];
  const steps = [step(1, 0.2), step(5 * HOUR, 0.5)];
  const short = { clicks: [0] };
  const rows = [
    ...stays.map((unit) => episode(unit, HOUR, { modelId: "new" })),
    // Over before the share grew; across it; behind it.
    ...changes.map((unit) => episode(unit, HOUR, short)),
    ...changes.map((unit) => episode(unit, 5 * HOUR - 1, { clicks: [1, 1, 1], steps: [{}, { modelId: "new" }] })),
    ...changes.map((unit) => episode(unit, 9 * HOUR, { modelId: "new" })),
    ...never.flatMap((unit) => [episode(unit, HOUR), episode(unit, 5 * HOUR - 1), episode(unit, 9 * HOUR)]),
  ];
  expect(await of(rows, steps)).toMatchObject({
    canary: { mean: 1.5, units: 60, episodes: 60 },
    production: { mean: 1.5, units: 30, episodes: 90 },
    ofNoArm: 60,
  });
});

test("a share that grows compares no late time with an early one", async () => {
  const [stays, changes, never] = [between(0, 0.1, 10), between(0.1, 0.5, 30), between(0.5, 1, 40)];
  const steps = [step(1, 0.1), step(5 * HOUR, 0.5)];
  // All return less in the evening, whoever decides.
  const [morning, evening] = [{ clicks: [1, 1] }, { clicks: [0, 1] }];
  const rows = [
    ...stays.map((unit) => episode(unit, HOUR, { ...morning, modelId: "new" })),
    ...[...stays, ...changes].map((unit) => episode(unit, 9 * HOUR, { ...evening, modelId: "new" })),
    ...never.flatMap((unit) => [episode(unit, HOUR, morning), episode(unit, 9 * HOUR, evening)]),
  ];
  const { canary, production, difference } = await of(rows, steps);
  expect(canary!.mean).toBeCloseTo((10 * 1.5 + 40 * 0.5) / 50, 12);
  expect(production!.mean).toBeCloseTo(canary!.mean, 12);
  expect(difference!.value).toBeCloseTo(0, 12);
});

test("of times of which long episodes are still open the short ones do not count", async () => {
  const [ours, theirs] = [between(0, 0.5, 100), between(0.5, 1, 100)];
  const now = 50 * HOUR;
  // The canary's units stay for hours, and win late.
  const late = ours.map((unit, at) =>
    episode(unit, now - HOUR + at, { modelId: "new", clicks: [0], ends: at % 2 === 0 }),
  );
  const rows = [
    ...ours.map((unit) => episode(unit, HOUR, { modelId: "new" })),
    ...theirs.flatMap((unit, at) => [episode(unit, HOUR), episode(unit, now - HOUR + 50 + at)]),
    ...late,
  ];
  const { canary, production, tooNew } = await of(rows, [step(1, 0.5)], now);
  // Two of the late ones count: of those that began until then one in a hundred is open.
  expect(canary).toMatchObject({ episodes: 102, mean: expect.closeTo(150 / 102, 12) as number });
  expect(production).toMatchObject({ episodes: 100, mean: expect.closeTo(1.5, 12) as number });
  expect(tooNew).toBe(198);
});

test("without an episode of one arm there is no difference", async () => {
  const rows = between(0.5, 1, 3).map((unit) => episode(unit, HOUR));
  expect(await of(rows, [step(1, 0.2)])).toMatchObject({
    canary: undefined,
    production: undefined,
    difference: undefined,
  });
});
