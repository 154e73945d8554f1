import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createMetrics } from "../../../streams/index.ts";
import { LetterReport } from "../../../streams/runtime/letters/letter-report.ts";
import { recordedLog } from "../recorded-log.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const letter = (code: string, offset: number) => ({
  ...{ topic: "observations", partition: 2, offset, operator: "join", code, message: `${code} it is` },
  ...{ key: null, value: null, headers: {}, cut: false },
});

test("the first dead letter is said with its place and reason, those of the next minute are counted together, all are in the metric", async () => {
  const { log, lines } = recordedLog();
  const metrics = createMetrics();
  const report = new LetterReport(log, metrics);
  for (let offset = 7; offset < 10; offset++) report.note(letter("AHEAD_OF_TIME", offset));
  report.note(letter("UNDECODABLE", 10));
  expect(lines).toEqual([
    {
      level: "warn",
      fields: { code: "AHEAD_OF_TIME", at: "observations/2@7", operator: "join", error: "AHEAD_OF_TIME it is" },
      message: "a record can't be used: it is a dead letter, all else goes on",
    },
  ]);
  vi.advanceTimersByTime(60_000);
  expect(lines.slice(1)).toMatchObject([{ fields: { count: 3, codes: { AHEAD_OF_TIME: 2, UNDECODABLE: 1 } } }]);
  report.note(letter("UNDECODABLE", 11));
  report.close();
  expect(lines.slice(2)).toMatchObject([{ fields: { count: 1, codes: { UNDECODABLE: 1 } } }]);
  const { values } = await metrics.deadLetters.get();
  expect(values.map(({ labels, value }) => [labels.code, value])).toEqual([
    ["AHEAD_OF_TIME", 3],
    ["UNDECODABLE", 2],
  ]);
});

test("after a minute without any the next one is said at once again", () => {
  const { log, lines } = recordedLog();
  const report = new LetterReport(log, createMetrics());
  report.note(letter("UNDECODABLE", 1));
  vi.advanceTimersByTime(60_000);
  report.note(letter("TOO_LATE", 2));
  expect(lines).toMatchObject([
    { fields: { code: "UNDECODABLE" } },
    { fields: { code: "TOO_LATE", at: "observations/2@2" } },
  ]);
  report.close();
});
