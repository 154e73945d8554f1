import { once } from "node:events";
import { expect, onTestFinished, test, vi } from "vitest";
import { leaveWorker, takeWorker } from "../../../trainer/fit/idle-worker.ts";

test("a fit gets the worker that the last one left, and a new one from the moment that its time is over", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const first = takeWorker();
  await leaveWorker(first);
  expect(takeWorker()).toBe(first);

  await leaveWorker(first);
  const ended = once(first, "exit");
  vi.advanceTimersByTime(10_000);
  const second = takeWorker();
  expect(second).not.toBe(first);
  await ended;
  await leaveWorker(second);
  expect(takeWorker()).toBe(second);
  await second.terminate();
});
