import { describe, expect, test } from "vitest";
import { readTimeCell } from "../../../../loop/history/times/time-cell.ts";
import { random } from "../../../blueprints/random.ts";

const time = Date.UTC(2013, 0, 1, 9, 15);

describe("a time with its zone is one instant", () => {
  test.each<[string, number]>([
    ["2013-01-01T09:15:00Z", time],
    ["2013-01-01t09:15:00z", time],
    ["2013-01-01T09:15Z", time],
    ["2013-01-01 09:15:00+00:00", time],
    ["2013-01-01 09:15:00+00", time],
    ["2013-01-01 09:15:00 UTC", time],
    ["2013-01-01T04:15:00-05:00", time],
    ["2013-01-01T14:45:00+0530", time],
    ["2013-01-01T10:15:00 +01", time],
    ["2013-01-01T09:15:00,25Z", time + 250],
    ["2013-01-01T09:15:00.1Z", time + 100],
    ["2013-01-01T09:15:00.123456+00:00", time + 123],
    ["2013-01-01T09:15:00.999999999Z", time + 999],
    ["2012-02-29T00:00:00Z", Date.UTC(2012, 1, 29)],
    ["1970-01-01T00:00:00Z", 0],
    ["9999-12-31T23:59:59.999Z", Date.UTC(9999, 11, 31, 23, 59, 59, 999)],
  ])("%s", (text, expected) => {
    expect(readTimeCell(text)).toBe(expected);
  });
});

describe("nothing is guessed:", () => {
  test.each<[string | number | boolean | null, RegExp]>([
    ["2013-01-01T09:15:00", /names no time zone: end it with Z or an offset, or name the zone by --time-zone/],
    ["2013-01-01", /names no time zone/],
    ["2026-03-08 02:30:00", /names no time zone/],
    ["2013-02-29T00:00:00Z", /is a day that no calendar has/],
    ["2026-02-30T00:00:00Z", /is a day that no calendar has/],
    ["2026-04-31", /is a day that no calendar has/],
    ["2026-13-01T00:00:00Z", /is a day that no calendar has/],
    ["2026-00-10T00:00:00Z", /is a day that no calendar has/],
    ["0070-01-01T00:00:00Z", /is a day that no calendar has/],
    ["2013-01-01T24:00:00Z", /is no time of a day/],
    ["2016-12-31T23:59:60Z", /is no time of a day/],
    ["2013-01-01T09:60:00Z", /is no time of a day/],
    ["2013-01-01T09:15:00+25:00", /has an offset that no zone has/],
    ["2013-01-01T09:15:00+05:75", /has an offset that no zone has/],
    ["1969-12-31T23:59:59.999Z", /is not between 1970 and the year 9999/],
    ["1970-01-01T00:00:00+01:00", /is not between 1970/],
    ["9999-12-31T23:59:59-01:00", /is not between 1970/],
    ["+012026-01-01T00:00:00Z", /is no time: write it like/],
    ["05/11/2026", /is no time/],
    ["03/04/2026 10:00", /is no time/],
    ["flight 5", /is no time/],
    ["Sun, 08 Mar 2026 02:30:00 GMT", /is no time/],
    ["March 8, 2026", /is no time/],
    ["2026-3-8T00:00:00Z", /is no time/],
    ["2026-03", /is no time/],
    ["2026-W10-7", /is no time/],
    ["20260308T023000Z", /is no time/],
    ["2026-03-08T02:30:00 EST", /is no time/],
    ["2026-03-08T02:30:00-05:00[America/New_York]", /is no time/],
    ["2013-01-01T09Z", /is no time/],
    [" 2013-01-01T09:15:00Z", /is no time/],
    ["2013-01-01T09:15:00Z ", /is no time/],
    ["soon", /is no time/],
    ["", /is no time/],
    ["1", /is a number: say its unit by --time-unit/],
    ["-1", /is a number/],
    ["1.5", /is a number/],
    ["20519", /is a number/],
    ["2026", /is a number/],
    ["20130101", /is a number/],
    ["1772964000000", /is a number/],
    [1_772_964_000, /is a number/],
    [true, /is no time/],
    [null, /is no time/],
  ])("%j is no time, and says so", (cell, problem) => {
    expect(readTimeCell(cell)).toMatch(problem);
  });
});

test("a problem shows the cell, cut to what can be read", () => {
  expect(readTimeCell("05/11/2026")).toBe('"05/11/2026" is no time: write it like 2026-01-31T09:15:00Z');
  expect(String(readTimeCell("x".repeat(10_000))).length).toBeLessThan(130);
});

test("any text is a time exactly where the form and the calendar say so", () => {
  const form =
    /^(\d{4}-\d\d-\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?: ?(?:([Zz]|UTC)|([+-])(\d\d)(?::?(\d\d))?))$/;
  const expected = (text: string): number | undefined => {
    const match = form.exec(text);
    if (match === null) return undefined;
    const [, date, hour, minute, second = "00", fraction = "", , sign = "+", hours = "00", minutes = "00"] = match;
    const wall = Date.parse(`${date}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, "0")}Z`);
    const offset = Number(hours) * 60 + Number(minutes);
    const exists = !Number.isNaN(wall) && new Date(wall).toISOString().startsWith(`${date}T${hour}`);
    if (!exists || Number(minutes) > 59 || offset > 18 * 60) return undefined;
    const time = wall - (sign === "-" ? -offset : offset) * 60_000;
    return time >= 0 && time < Date.UTC(10_000, 0) ? time : undefined;
  };
  const next = random(9);
  const pick = (texts: readonly string[]): string => texts[Math.floor(next() * texts.length)]!;
  const two = (): string =>
    next() < 0.9
      ? String(Math.floor(next() * 25)).padStart(2, "0")
      : pick(["29", "30", "31", "59", "60", "00", "1", "-1", "x2"]);
  let times = 0;
  for (let i = 0; i < 30_000; i++) {
    const date = `${pick(["2024", "2026", "1970", "1900", "2000", "0024", "20x6", "12026"])}${pick(["-", "-", "-", "/", ""])}${pick(["01", "02", "04", "12", "13", "00"])}-${two()}`;
    const clock = `${pick(["T", " ", "t", "T", "_", ""])}${two()}:${two()}${pick(["", `:${two()}`, `:${two()}.5`, `:${two()},123456`, `:${two()}.`, ":7"])}`;
    const zone = pick([
      "Z",
      "z",
      " UTC",
      "UTC",
      "+00",
      "-05:00",
      "+0530",
      " +01",
      "+14:00",
      "-18:00",
      "+18:01",
      "+05:75",
      "+1",
      "+01:0",
      "EST",
      "  Z",
      "Z ",
      "+01:000",
    ]);
    const text = date + clock + zone;
    const read = readTimeCell(text);
    expect([text, typeof read === "number" ? read : undefined]).toEqual([text, expected(text)]);
    if (typeof read === "number") times++;
  }
  expect(times).toBeGreaterThan(500);
});
