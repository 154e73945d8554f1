import { expect, test } from "vitest";
import { parseStep, parseTime, timesOf } from "../../../cli/flags/times.ts";

test.each([
  "1795725000000000",
  "253402300800000",
  "-62135596800000",
  "1969-12-31T23:59:59Z",
  "+012026-01-01T00:00:00Z",
  "-1",
  "1.5",
  "12345",
  "1e300",
  "NaN",
  "Infinity",
  "soon",
  "",
  "2026",
  "2026-03",
  "2026-03-08T02:30:00",
  "2026-03-08 02:30",
  "2026-02-30",
  "03/04/2026",
  "flight 5",
  "2026-01-01T24:00:00Z",
])("--time %s is refused: it is no time from 1970 to 9999, or not the same everywhere", (text) => {
  expect(() => parseTime(text, "--time")).toThrow(`--time ${text}: write a time with its zone`);
});

test("a time may be ISO with its zone, a date that begins in UTC, or milliseconds", () => {
  expect(parseTime("2026-01-01", "--time")).toBe(Date.UTC(2026, 0, 1));
  expect(parseTime("2026-01-01 01:00:00+01", "--time")).toBe(Date.UTC(2026, 0, 1));
  expect(parseTime("2026-01-01T00:00:00.250Z", "--time")).toBe(Date.UTC(2026, 0, 1) + 250);
  expect(parseTime("1795725000000", "--time")).toBe(1_795_725_000_000);
});

test("how times of files are read is checked before any is", () => {
  expect(timesOf({})).toEqual({});
  expect(timesOf({ timeUnit: "ns" })).toEqual({ unit: "ns" });
  expect(timesOf({ timeZone: "Europe/Berlin" }).zone?.name).toBe("Europe/Berlin");
  expect(() => timesOf({ timeUnit: "seconds" })).toThrow("--time-unit seconds: write s, ms, us or ns");
  expect(() => timesOf({ timeZone: "Berlin" })).toThrow("--time-zone Berlin: write a zone of the IANA database");
});

test("a step through history is a whole part of an hour, or whole hours", () => {
  for (const [text, ms] of [
    ["1h", 3_600_000],
    ["15m", 900_000],
    ["1d", 86_400_000],
  ] as const)
    expect(parseStep(text, "--step")).toBe(ms);
  for (const text of ["25m", "90m", "0h", "often"]) expect(() => parseStep(text, "--step")).toThrow(`--step ${text}: `);
});
