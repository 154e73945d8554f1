import { expect, test } from "vitest";
import { parseTime, parseZonedTime } from "../../cli/command.ts";

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
])("--time %s is refused: it is no time from 1970 to 9999", (text) => {
  for (const parse of [parseTime, parseZonedTime]) expect(() => parse(text, "--time")).toThrow("--time");
});

test("a time may be ISO or milliseconds", () => {
  expect(parseTime("2026-01-01T00:00:00.250Z", "--time")).toBe(Date.UTC(2026, 0, 1) + 250);
  expect(parseTime("1795725000000", "--time")).toBe(1_795_725_000_000);
});
