import { expect, test } from "vitest";
import { Tally, type Series } from "../../../streams/metrics/series.ts";

test("records count once they are committed, those of one fetch together and with the time they took", () => {
  const told: unknown[] = [];
  const series = (name: string, timed: boolean): Series => ({ timed, add: (...added) => told.push([name, ...added]) });
  const [decisions, replies] = [series("decisions", false), series("replies", true)];
  const tally = new Tally();
  for (const fetchedAt of [1_000, 1_000, 1_400]) {
    tally.note({ series: decisions, fetchedAt });
    tally.note({ series: replies, fetchedAt });
    tally.note({ series: undefined, fetchedAt });
  }
  expect(told).toEqual([]);
  tally.add(1_500);
  expect(told).toEqual([
    ["decisions", 3, 0],
    ["replies", 2, 0.5],
    ["replies", 1, 0.1],
  ]);
  tally.add(1_500);
  expect(told).toHaveLength(3);
});
