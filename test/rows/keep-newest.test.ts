import { expect, test } from "vitest";
import { keepNewest } from "../../rows/index.ts";
import type { TrainingRow } from "../../schemas/index.ts";
import { random } from "../blueprints/random.ts";

const row = (decisionId: string, decisionTime: number, optionId: string | null, rowTime: number, label = 0) =>
  ({ decisionId, decisionTime, optionId, rowTime, label }) as TrainingRow;
const kept = (rows: readonly TrainingRow[]): readonly TrainingRow[] => {
  const newest = new Map<string, TrainingRow>();
  for (const one of rows) keepNewest(newest, one);
  return [...newest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
};

test("the newest row of each decision and option is kept, of one time the later record: 100 random streams", () => {
  const next = random(3);
  const one = <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)]!;
  for (let round = 0; round < 100; round++) {
    const rows = Array.from({ length: 60 }, (_, label) =>
      row(one(["a", "b", "a\0"]), one([1, 2]), one([null, "", "x", "y", "x\0"]), one([5, 6, 7]), label),
    );
    const same = (a: TrainingRow, b: TrainingRow): boolean =>
      ["decisionId", "decisionTime", "optionId"].every((name) => a[name] === b[name]);
    const wanted = rows.filter((mine, at) =>
      rows.every((other, later) => {
        if (at === later || !same(mine, other)) return true;
        const [time, its] = [mine["rowTime"] as number, other["rowTime"] as number];
        return its < time || (its === time && later < at);
      }),
    );
    expect(new Set(kept(rows))).toEqual(new Set(wanted));
    expect(kept(rows)).toHaveLength(wanted.length);
  }
});

test("ids that hold the mark between them are not one", () => {
  expect(
    kept([row("a", 1, "b\0c", 5), row("a\0b", 1, "c", 5), row("a\x001", 1, "b", 5), row("a", 1, "1\0b", 5)]),
  ).toHaveLength(4);
});

test("the keys sort by decision id, then by time, then by option", () => {
  const rows = [
    row("b", 1, "x", 5),
    row("a", 2, "x", 5),
    row("a", 1, "y", 5),
    row("a", 1, "x", 5),
    row("c", 0, null, 5),
  ];
  expect(kept(rows).map((one) => [one["decisionId"], one["decisionTime"], one["optionId"]])).toEqual([
    ["a", 1, "x"],
    ["a", 1, "y"],
    ["a", 2, "x"],
    ["b", 1, "x"],
    ["c", 0, null],
  ]);
});
