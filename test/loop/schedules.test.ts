import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Outages } from "../../streams/index.ts";
import { every } from "../../loop/schedules.ts";
import { recordedLog } from "../streams/recorded-log.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const SECOND = 1_000;
const HOUR = 3_600_000;

test("a tick that can't be written is said at once, once a minute at the latest, and when it can again", async () => {
  const { log, lines } = recordedLog();
  let away = false;
  let ticks = 0;
  const ticker = every(SECOND, new Outages(log).of("ticker"), async () => {
    if (away) throw new Error("no broker answers");
    ticks++;
  });
  await vi.advanceTimersByTimeAsync(10 * SECOND);
  expect([ticks, lines.length]).toEqual([10, 0]);
  away = true;
  await vi.advanceTimersByTimeAsync(SECOND);
  expect(lines).toMatchObject([
    { level: "warn", message: "ticker: waiting and trying again", fields: { error: "no broker answers" } },
  ]);
  await vi.advanceTimersByTimeAsync(HOUR);
  expect(lines.length).toBeGreaterThan(60);
  away = false;
  await vi.advanceTimersByTimeAsync(SECOND);
  expect(lines.at(-1)).toMatchObject({ level: "info", message: "ticker: goes on after 3601 s" });
  expect(ticks).toBe(11);
  await ticker.close();
});

test("what is done once an hour is tried again within a minute where it has failed", async () => {
  let attempts = 0;
  const running = every(HOUR, new Outages().of("retention"), async () => {
    if (++attempts < 4) throw new Error("no broker answers");
  });
  await vi.advanceTimersByTimeAsync(HOUR);
  expect(attempts).toBe(1);
  await vi.advanceTimersByTimeAsync(3 * 60 * SECOND);
  expect(attempts).toBe(4);
  await vi.advanceTimersByTimeAsync(HOUR - 5 * 60 * SECOND);
  expect(attempts).toBe(4);
  await running.close();
});
