import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Task } from "../../../../streams/task/task.ts";
import { Lag } from "../../../../streams/runtime/membership/lag.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

const clock = { name: "clock" };
const task = (partition: number, position: number): Task =>
  ({
    inputs: [
      { topic: { name: "asked" }, partition, position },
      { topic: clock, partition: 0, position: 0 },
    ],
  }) as unknown as Task;
const ends = [
  { topic: "asked", partition: 0, start: 0, end: 40 },
  { topic: "asked", partition: 1, start: 30, end: 40 },
];

test("the lag is the records between a position, or the log's start, and the log's end; the clock has none", async () => {
  const lag = new Lag({ offsets: () => Promise.resolve(ends) }, [task(0, 33), task(1, 5)], clock as never);
  expect(await lag.now()).toEqual([
    { topic: "asked", partition: 0, records: 7 },
    { topic: "asked", partition: 1, records: 10 },
  ]);
});

test("nobody waits longer than a second for a log that is away, and it is not asked again meanwhile", async () => {
  let asked = 0;
  const lag = new Lag({ offsets: () => (asked++, new Promise(() => undefined)) }, [task(0, 0)], clock as never);
  const all = [lag.now(), lag.now()];
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await Promise.all(all)).toEqual([undefined, undefined]);
  expect(asked).toBe(1);
});
