import { expect, test } from "vitest";
import { deliveries, FIRST_DAY, READERS } from "../../../cli/simulator/readers.ts";

const DAY = 86_400_000;
const all = (seed: number, from: number, days: number) => [...deliveries(seed, from, days)].flat();

test("each day has three editions, each with a delivery for every reader in the order of their times", () => {
  const made = all(1, FIRST_DAY, 2);
  expect(made).toHaveLength(2 * 3 * READERS);
  expect(made.map(({ time }) => time)).toEqual(made.map(({ time }) => time).toSorted((a, b) => a - b));
  expect(new Set(made.map(({ decisionId }) => decisionId)).size).toBe(made.length);
});

test("a run that begins later has the same days as one from the start, and another seed has others", () => {
  expect(all(1, FIRST_DAY + 2 * DAY, 1)).toEqual(all(1, FIRST_DAY, 3).slice(2 * 3 * READERS));
  expect(all(2, FIRST_DAY, 1)).not.toEqual(all(1, FIRST_DAY, 1));
});

test("an edition is opened after its decision and within four hours, before the next edition", () => {
  for (const { time, opened } of all(1, FIRST_DAY, 3)) {
    if (opened === undefined) continue;
    expect(opened.time).toBeGreaterThan(time);
    expect(opened.time).toBeLessThan(time + 4 * 3_600_000);
  }
});

test("readers differ by their habits and on each occasion by chance", () => {
  const opened = Map.groupBy(all(1, FIRST_DAY, 28), ({ reader }) => reader);
  const shares = [...opened.values()]
    .map((each) => each.filter((one) => one.opened !== undefined).length / each.length)
    .sort((a, b) => a - b);
  expect(shares[30]).toBeLessThan(0.25);
  expect(shares[270]).toBeGreaterThan(0.65);
  expect(shares.filter((share) => share > 0 && share < 1).length).toBeGreaterThan(290);
});
