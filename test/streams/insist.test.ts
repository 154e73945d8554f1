import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { StreamsError } from "../../streams/errors.ts";
import { insist, isPassingRead } from "../../streams/insist.ts";
import { Outages } from "../../streams/outage.ts";
import { Pause } from "../../streams/pause.ts";
import { recordedLog } from "./recorded-log.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const away = (): StreamsError => new StreamsError("BACKBONE_UNAVAILABLE", "no broker answers");

function world(fails: (attempt: number) => Error | undefined) {
  const { log, lines } = recordedLog();
  const outage = new Outages(log).of("the work");
  const pause = new Pause();
  const at: number[] = [];
  const state = { closing: false };
  const work = (): string => {
    at.push(Date.now());
    const error = fails(at.length);
    if (error !== undefined) throw error;
    return "done";
  };
  return { work, options: { outage, pause, isClosing: () => state.closing }, at, lines, state, pause };
}

test("what fails with an outage is tried again at growing intervals of at most five seconds, until it works", async () => {
  const { work, options, at, lines } = world((attempt) => (attempt < 10 ? away() : undefined));
  const result = insist(work, { ...options, fields: { topic: "t" } });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await result).toBe("done");
  const waits = at.slice(1).map((time, index) => time - at[index]!);
  expect(waits).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000]);
  expect(lines[0]).toMatchObject({ message: "the work: waiting and trying again" });
  options.outage.ended();
});

test("another error is not tried again, nor what the caller says does not pass", async () => {
  const bug = world(() => new TypeError("a bug"));
  await expect(insist(bug.work, bug.options)).rejects.toThrow("a bug");
  const moved = world(() => new StreamsError("TOPIC_MOVED", "another topic"));
  await expect(insist(moved.work, { ...moved.options, passes: isPassingRead })).rejects.toThrow("another topic");
  expect([bug.at.length, moved.at.length]).toEqual([1, 1]);
});

test("what is closed is not tried again, and is closed at once", async () => {
  const { work, options, at, state, pause } = world(away);
  const result = insist(work, options);
  await vi.advanceTimersByTimeAsync(1_000);
  const before = at.length;
  state.closing = true;
  pause.end();
  expect(await result).toBeUndefined();
  expect(at.length).toBe(before);
  options.outage.givenUp();
});
