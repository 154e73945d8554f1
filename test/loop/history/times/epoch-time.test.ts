import { describe, expect, test } from "vitest";
import { readTimeCell } from "../../../../loop/history/times/time-cell.ts";
import type { TimeUnit } from "../../../../loop/history/times/epoch-time.ts";

const time = 1_772_964_000_123;

describe("a number is a time in the unit that --time-unit names", () => {
  test.each<[number | string, TimeUnit, number]>([
    [1_772_964_000, "s", 1_772_964_000_000],
    ["1772964000", "s", 1_772_964_000_000],
    [1_772_964_000.123, "s", time],
    ["1772964000.123999", "s", time],
    ["1.772964e+09", "s", 1_772_964_000_000],
    [time, "ms", time],
    [`${time}`, "ms", time],
    [`${time}.0`, "ms", time],
    [`${time}.9`, "ms", time],
    [time * 1_000 + 999, "us", time],
    [`${time}456`, "us", time],
    [`${time}456789`, "ns", time],
    [0, "s", 0],
    ["5", "ns", 0],
  ])("%s %s", (cell, unit, expected) => {
    expect(readTimeCell(cell, { unit })).toBe(expected);
  });

  test("to the millisecond that its digits say: nothing is rounded up or down on the way", () => {
    for (let ms = 0; ms < 1_000; ms++) {
      const expected = 1_772_964_000_000 + ms;
      expect(readTimeCell(expected / 1_000, { unit: "s" })).toBe(expected);
      expect(readTimeCell(`1772964000.${String(ms).padStart(3, "0")}`, { unit: "s" })).toBe(expected);
    }
  });

  test.each<[number | string, TimeUnit, RegExp]>([
    [-1, "s", /is no number of s since 1970/],
    ["-1772964000", "s", /is no number of s/],
    [1e300, "ms", /is no number of ms/],
    [time, "s", /is not between 1970 and the year 9999/],
    [`${time}456789`, "us", /is not between 1970/],
    ["1,772,964,000", "s", /is no time/],
    ["0x69ad4be0", "s", /is no time/],
    ["NaN", "s", /is no time/],
  ])("%s %s is none", (cell, unit, problem) => {
    expect(readTimeCell(cell, { unit })).toMatch(problem);
  });

  test("a cell that names its zone speaks for itself", () => {
    expect(readTimeCell("2026-03-08T10:00:00.123Z", { unit: "s" })).toBe(time);
  });
});
