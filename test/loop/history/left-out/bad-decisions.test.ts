import { expect, test } from "vitest";
import { BadDecisions } from "../../../../loop/history/left-out/bad-decisions.ts";
import { NO_TIME } from "../../../../loop/history/lines/timed-lines.ts";

const TTL = 100;

test("observations of a bad decision wait until its time is over, and those of others do not", () => {
  const bad = new BadDecisions(TTL);
  bad.add("a", 50);
  expect([bad.has("a", 149), bad.has("a", 150), bad.has("b", 60)]).toEqual([true, false, false]);
  bad.forget(150);
  expect(bad.has("a", 149)).toBe(true);
  bad.forget(151);
  expect(bad.has("a", 149)).toBe(false);
});

test("where no decision has a time, as where all are dated ahead, observations of all of them wait, however late", () => {
  const bad = new BadDecisions(TTL);
  bad.add("a", NO_TIME);
  for (const time of [10, 1_000, 100_000]) {
    expect(bad.has("a", time)).toBe(true);
    bad.forget(time);
  }
  expect(bad.has("a", 1e9)).toBe(true);
});

test("those before the first decision with a time are no later than that one", () => {
  const bad = new BadDecisions(TTL);
  bad.add("a", NO_TIME);
  bad.add("b", NO_TIME);
  bad.forget(500);
  bad.settle(1_000);
  bad.add("c", 1_000);
  bad.settle(2_000);
  expect(["a", "b", "c"].map((id) => bad.has(id, 1_099))).toEqual([true, true, true]);
  expect(["a", "b", "c"].map((id) => bad.has(id, 1_100))).toEqual([false, false, false]);
  bad.forget(1_101);
  expect(bad.has("a", 1_050)).toBe(false);
});
