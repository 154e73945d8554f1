import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Wakeup } from "../../../streams/backbone/wakeup.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Whether the sleep has ended after so long. */
async function slept(wakeup: Wakeup, ms: number): Promise<() => boolean> {
  let over = false;
  void wakeup.sleep(ms).then(() => (over = true));
  await vi.advanceTimersByTimeAsync(0);
  return () => over;
}

test("a sleep ends when it is woken, or when its time is over", async () => {
  const wakeup = new Wakeup();
  const woken = await slept(wakeup, 1_000);
  expect(woken()).toBe(false);
  wakeup.wake();
  await vi.advanceTimersByTimeAsync(0);
  expect(woken()).toBe(true);
  const timed = await slept(wakeup, 1_000);
  await vi.advanceTimersByTimeAsync(999);
  expect(timed()).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(timed()).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test("once it is armed a wake while nobody sleeps is remembered, until it is armed again", async () => {
  const wakeup = new Wakeup();
  wakeup.arm();
  wakeup.wake();
  expect((await slept(wakeup, 1_000))()).toBe(true);
  expect((await slept(wakeup, 1_000))()).toBe(true);
  wakeup.arm();
  expect((await slept(wakeup, 1_000))()).toBe(false);
});

test("one that is never armed forgets it", async () => {
  const wakeup = new Wakeup();
  wakeup.wake();
  expect((await slept(wakeup, 1_000))()).toBe(false);
});
