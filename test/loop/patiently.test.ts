import { expect, test } from "vitest";
import { patiently } from "../../loop/patiently.ts";
import { Outages, StreamsError } from "../../streams/index.ts";
import { recordedLog } from "../streams/recorded-log.ts";

const away = (): StreamsError => new StreamsError("BACKBONE_UNAVAILABLE", "no broker answers");
const never = new AbortController().signal;

test("what passes is waited for up to the stated time, with a line at its beginning and its end", async () => {
  const { log, lines } = recordedLog();
  let attempts = 0;
  const opened = await patiently(new Outages(log).of("start"), never, async () => {
    if (++attempts === 1) throw away();
    return "open";
  });
  expect(opened).toBe("open");
  expect(lines.map(({ level, message }) => [level, message])).toEqual([
    ["warn", expect.stringContaining("start: waiting and trying again: ")],
    ["info", expect.stringMatching(/^start: goes on after 0\.[5-9] s$/)],
  ]);
});

test("past the stated time the error is the caller's, and said", async () => {
  const { log, lines } = recordedLog();
  const attempt = (): Promise<never> => Promise.reject(away());
  await expect(patiently(new Outages(log).of("start"), never, attempt, 600)).rejects.toThrow("no broker answers");
  expect(lines.at(-1)).toMatchObject({ level: "error", message: expect.stringContaining("start: given up after") });
});

test("what does not pass is not tried again", async () => {
  let attempts = 0;
  const attempt = async (): Promise<never> => {
    attempts++;
    throw new StreamsError("TOPIC_MISMATCH", "4 partitions, not 6");
  };
  await expect(patiently(new Outages().of("start"), never, attempt)).rejects.toThrow("4 partitions, not 6");
  expect(attempts).toBe(1);
});

test("a signal ends the wait", async () => {
  const stop = new AbortController();
  const opening = patiently(new Outages().of("start"), stop.signal, () => Promise.reject(away()));
  stop.abort();
  expect(await opening).toBeUndefined();
});
