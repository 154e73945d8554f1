import { expect, test } from "vitest";
import { textLine, textLog } from "../../../cli/terminal/text-log.ts";

const noon = new Date(2026, 10, 27, 12, 5, 9);

test("a line has the local time, the level as a word, the sentence, and the facts as name=value, except those that it begins with", () => {
  const fields = {
    what: "kafka fetch",
    attempts: 3,
    brokers: ["a:9092", "b:9092"],
    error: 'it said "no"',
    gone: undefined,
    none: [],
    no: null,
  };
  expect(textLine(noon, "warn", fields, "waiting and trying again", false)).toBe(
    '2026-11-27 12:05:09  warn   waiting and trying again  what="kafka fetch" attempts=3 brokers=a:9092,b:9092 error="it said \\"no\\""',
  );
  expect(textLine(noon, "info", { what: "kafka fetch", attempts: 3 }, "kafka fetch: goes on", false)).toBe(
    "2026-11-27 12:05:09  info   kafka fetch: goes on  attempts=3",
  );
  expect(textLine(noon, "info", {}, "the loop is running", false)).toBe(
    "2026-11-27 12:05:09  info   the loop is running",
  );
});

test("a name or a text from elsewhere can neither end the line nor steer the terminal", () => {
  const line = textLine(noon, "error", { key: "a\nb", other: "\u001b[2J" }, "topic x\r\ny\u001b[1A", false);
  expect(line).not.toMatch(/[\r\n\u001b]/);
  expect(line).toContain("topic x\\r\\ny");
});

test("colours come with a terminal alone", () => {
  const lines: string[] = [];
  textLog({ write: (line) => lines.push(line), colours: true, now: () => noon }).error({}, "stopped");
  textLog({ write: (line) => lines.push(line), now: () => noon }).error({}, "stopped");
  expect(lines).toEqual([
    "2026-11-27 12:05:09  \u001b[31merror\u001b[0m  stopped",
    "2026-11-27 12:05:09  error  stopped",
  ]);
});
