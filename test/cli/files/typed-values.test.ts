import { describe, expect, test } from "vitest";
import { toBoolean, toNumber, toTime, type TableValue } from "../../../cli/files/index.ts";

const reason = (pattern: RegExp): unknown => ({ ok: false, reason: expect.stringMatching(pattern) });

describe("toNumber", () => {
  test.each<[TableValue, number]>([
    ["12", 12],
    [" -0.5 ", -0.5],
    [".5", 0.5],
    ["5.", 5],
    ["1e-3", 0.001],
    [7, 7],
  ])("%j is %d", (value, expected) => {
    expect(toNumber(value)).toEqual({ ok: true, value: expected });
  });

  test.each<TableValue>([
    "",
    "NA",
    "NaN",
    "0x10",
    "1,5",
    "1 000",
    "1e999",
    "Infinity",
    true,
    null,
    Number.NaN,
    Infinity,
  ])("%j is refused with a reason", (value) => {
    expect(toNumber(value)).toEqual(reason(/number/));
  });
});

describe("toTime", () => {
  const time = Date.UTC(2013, 0, 1, 9, 15);
  test.each<[TableValue, number]>([
    ["2013-01-01T09:15:00Z", time],
    ["2013-01-01T09:15Z", time],
    ["2013-01-01 09:15:00+00:00", time],
    ["2013-01-01T04:15:00-05:00", time],
    ["2013-01-01T14:45:00+0530", time],
    ["2013-01-01T10:15:00 +01", time],
    ["2013-01-01T09:15:00.25Z", time + 250],
    ["2013-01-01T09:15:00.123456789Z", time + 123],
    ["2013-01-01", Date.UTC(2013, 0, 1)],
    ["2012-02-29", Date.UTC(2012, 1, 29)],
    ["1969-12-31T23:59:59.999Z", -1],
    [time, time],
    [String(time), time],
    [`${time}.0`, time],
  ])("%j is %d", (value, expected) => {
    expect(toTime(value)).toEqual({ ok: true, value: expected });
  });

  test.each<[TableValue, RegExp]>([
    ["2013-01-01T09:15:00", /has no time zone: end it with Z or an offset/],
    ["2013-02-29", /not a time that exists/],
    ["2013-13-01", /not a time that exists/],
    ["2013-01-01T24:00:00Z", /not a time that exists/],
    ["01/02/2013", /is not a time/],
    [time / 1000, /ambiguous: it may be epoch seconds. Give epoch milliseconds or ISO-8601/],
    [String(time / 1000), /ambiguous/],
    ["20130101", /ambiguous/],
    [time * 1000, /too large for epoch milliseconds/],
    [time + 0.5, /not a whole number of milliseconds/],
    ["soon", /is not a time/],
    ["", /is not a time/],
    [true, /is not a time/],
    [null, /is empty/],
  ])("%j is refused: %s", (value, pattern) => {
    expect(toTime(value)).toEqual(reason(pattern));
  });
});

describe("toBoolean", () => {
  test.each<[TableValue, boolean]>([
    [true, true],
    ["True", true],
    [" yes ", true],
    ["1", true],
    [1, true],
    ["f", false],
    ["NO", false],
    [0, false],
  ])("%j is %s", (value, expected) => {
    expect(toBoolean(value)).toEqual({ ok: true, value: expected });
  });

  test.each<TableValue>(["", "2", 2, "maybe", null])("%j is refused with a reason", (value) => {
    expect(toBoolean(value)).toEqual(reason(/true or false/));
  });
});

test("a reason never repeats a text of any length", () => {
  const refused = toNumber("x".repeat(10_000));
  expect(refused.ok ? 0 : refused.reason.length).toBeLessThan(100);
});
