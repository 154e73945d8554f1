import { expect, test } from "vitest";
import { seenEpisodes } from "../../../trainer/ladder/seen-episodes.ts";
import { settledUntil } from "../../../trainer/ladder/settled.ts";
import { compiled, episode, HOUR } from "./episodes.ts";

const seen = async (rows: ReturnType<typeof episode>, after = 0, until = 100 * HOUR) =>
  (await seenEpisodes(compiled, rows, after, until)).map(
    ({ steps, began, isOver, terminal, unit, modelId, worth }) => ({
      ...{ steps: steps.length, began, isOver, terminal, unit, modelId, worth },
    }),
  );

test("an episode has the discounted sum of its rewards, its unit and the model that made it", async () => {
  expect(await seen(episode("a", HOUR, { clicks: [1, 0, 1], modelId: "m7", unit: "anna" }))).toEqual([
    { ...{ steps: 3, began: HOUR, isOver: true, terminal: true }, ...{ unit: "anna", modelId: "m7", worth: 1.25 } },
  ]);
});

test("it is over by its end, at the greatest length, or once nothing can follow it", async () => {
  const open = { ends: false };
  const long = { ...open, clicks: [1, 1, 1, 1, 1] };
  expect(await seen(episode("a", HOUR, open), 0, 2 * HOUR)).toMatchObject([{ isOver: false, terminal: false }]);
  expect(await seen(episode("a", HOUR, open), 0, 3 * HOUR)).toMatchObject([{ isOver: true, terminal: false }]);
  expect(await seen([...episode("a", HOUR, open), ...episode("a", 9 * HOUR, open)], 0, 9 * HOUR + 1)).toMatchObject([
    { isOver: true, began: HOUR },
    { isOver: false, began: 9 * HOUR },
  ]);
  expect(await seen(episode("a", HOUR, long), 0, 2 * HOUR)).toMatchObject([
    { isOver: true, terminal: false, steps: 4 },
    { isOver: false, steps: 1 },
  ]);
});

test("those that began before a time are left out, and their later steps are no episodes", async () => {
  const rows = [...episode("a", HOUR), ...episode("b", 2 * HOUR)];
  expect(await seen(rows, HOUR)).toMatchObject([{ began: 2 * HOUR }]);
  // The first step is a gap before that time; all of the others follow it.
  const early = episode("c", HOUR - 1, { clicks: [1, 1, 1] });
  expect(await seen(early, HOUR)).toEqual([]);
});

test("it has no model where several made it, or the product's own choice, and no unit where it has several", async () => {
  const [mixed, held, shared] = [
    episode("a", HOUR, { steps: [{}, { modelId: "new" }] }),
    episode("b", HOUR, { steps: [{ reason: "holdout" }] }),
    episode("c", HOUR, { steps: [{}, { unit: "other" }] }),
  ];
  expect((await seen([...mixed!, ...held!, ...shared!])).map(({ unit, modelId }) => [unit, modelId])).toEqual([
    ["a", undefined],
    ["b", undefined],
    [undefined, "old"],
  ]);
  const drawn = episode("e", HOUR, { reason: "explore", steps: [{ mode: "loggingOnly" }] });
  expect((await seen(drawn))[0]!.modelId).toBeUndefined();
  // Without a model there is none, either.
  expect(
    (await seen(episode("d", HOUR, { steps: [{ modelId: null }, { modelId: null }] })))[0]!.modelId,
  ).toBeUndefined();
});

test("without one of its rewards its return is not known", async () => {
  expect((await seen(episode("a", HOUR, { clicks: [1, null] })))[0]!.worth).toBeUndefined();
});

test("episodes count until where one in a hundred is not over, whichever are", () => {
  const of = (count: number, open: readonly number[]) =>
    settledUntil(Array.from({ length: count }, (_, began) => ({ began, isOver: !open.includes(began) })));
  expect([of(0, []), of(30, []), of(300, [7, 280, 299])]).toEqual([Infinity, Infinity, Infinity]);
  expect(of(300, [296, 297, 298, 299])).toBe(297);
  expect(of(50, [40])).toBe(39);
  expect(of(50, [0])).toBe(-Infinity);
  // A straggler stops nothing.
  expect(of(500, [3, 400, 401, 402, 403, 404])).toBe(402);
  // Of one time all count, or none.
  const alike = [1, 2, 2, 2].map((began, at) => ({ began, isOver: at !== 3 }));
  expect(settledUntil(alike)).toBe(1);
});
