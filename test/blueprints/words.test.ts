import { describe, expect, test } from "vitest";
import { canonicalJson, formatDuration, parseDuration } from "../../blueprints/index.ts";
import { cronProblem } from "../../blueprints/cron.ts";
import { nearest } from "../../blueprints/nearest.ts";

test("durations are read in s, m, h and d and written in the largest unit that divides them", () => {
  expect(["30s", "15m", "6h", "7d", "250ms"].map(parseDuration)).toEqual([
    30_000, 900_000, 21_600_000, 604_800_000, 250,
  ]);
  expect(["", "6", "h", "1.5h", "-1h", "6 h", "6w", "1h30m"].map(parseDuration)).toEqual(Array(8).fill(null));
  expect([30_000, 5_400_000, 129_600_000, 604_800_000, 250, 0].map(formatDuration)).toEqual([
    "30s",
    "90m",
    "36h",
    "7d",
    "250ms",
    "0ms",
  ]);
});

describe("a cron line", () => {
  test("may have numbers, lists, ranges, steps and names", () => {
    for (const line of ["0 4 * * *", "*/15 * * * *", "0,30 8-18/2 1 jan,JUL mon-fri", "5 0 31 12 7"]) {
      expect(cronProblem(line), line).toBe(null);
    }
  });

  test("is refused with the field that is wrong", () => {
    for (const [line, what] of [
      ["60 * * * *", "minute"],
      ["* 24 * * *", "hour"],
      ["* * 0 * *", "day of month"],
      ["* * * foo *", "month"],
      ["* * * * 8", "day of week"],
      ["*/0 * * * *", "minute"],
      ["5-1 * * * *", "minute"],
      ["1, * * * *", "minute"],
      ["0 0 4 * * *", "five fields"],
      ["0 4 31 2 *", "never comes"],
    ] as const) {
      expect(cronProblem(line), line).toContain(what);
    }
  });
});

test("the nearest name is found through swaps, gaps and capitals, and none is made up", () => {
  expect(nearest("agregate", ["name", "aggregate"])).toBe("aggregate");
  expect(nearest("wiat", ["value", "wait"])).toBe("wait");
  expect(nearest("usecase", ["useCase"])).toBe("useCase");
  expect(nearest("colour", ["name", "wait"])).toBe(null);
  expect(nearest("by", ["in", "of"])).toBe(null);
});

test("canonical JSON doesn't depend on the order of keys", () => {
  expect(canonicalJson({ b: [1, { d: null, c: "x" }], a: undefined })).toBe('{"b":[1,{"c":"x","d":null}]}');
  expect(canonicalJson({ x: 1, y: 2 })).toBe(canonicalJson({ y: 2, x: 1 }));
});
