import { expect, test } from "vitest";
import { ArrivalClock } from "../../../streams/runtime/arrival-clock.ts";
import { recordedLog } from "../recorded-log.ts";

const NOW = 1_700_000_000_000;
const DAY = 24 * 3_600_000;

/** A process whose clock is off by so much, with the ticks it hears. */
function processWith(off: number) {
  const at = { wall: NOW + off, monotonic: 7 };
  const { log, lines } = recordedLog();
  const clock = new ArrivalClock(log, { wall: () => at.wall, monotonic: () => at.monotonic });
  const record = { key: null, value: null, headers: {} };
  return {
    clock,
    lines,
    at,
    pass(ms: number) {
      at.wall += ms;
      at.monotonic += ms;
    },
    hear: (offset: number, timestamp: number) =>
      clock.heard([{ topic: "clock", partition: 0, records: [{ offset, timestamp, ...record }] }]),
  };
}

test.each([0, 3 * DAY, -3 * DAY])("a process whose clock is off by %i ms has the log's time after one tick", (off) => {
  const { clock, hear, pass, lines } = processWith(off);
  const ahead = Math.max(0, off);
  clock.open(10);
  expect(clock.read().now).toBe(NOW + off);
  hear(10, NOW);
  expect(clock.read()).toMatchObject({ now: NOW, latest: NOW + ahead });
  pass(3_600_000);
  expect(clock.read()).toMatchObject({ now: NOW + 3_600_000, latest: NOW + 3_600_000 + ahead });
  expect(lines.map(({ message }) => message)).toEqual(
    off === 0 ? [] : ["this machine's clock is not the log's: event time goes by the log's"],
  );
});

test("the last tick from before may bear a producer's stamp: it moves nothing, and refuses nothing either", () => {
  const future = processWith(0);
  future.clock.open(10);
  future.hear(9, 32_503_680_000_000);
  expect(future.clock.read()).toMatchObject({ now: NOW, latest: 32_503_680_000_000 });
  const behind = processWith(-3 * DAY);
  behind.clock.open(10);
  behind.hear(9, NOW - 1_000);
  expect(behind.clock.read()).toMatchObject({ now: NOW - 3 * DAY, latest: NOW - 1_000 });
});

test("a broker's clock that jumps for a moment moves nothing; what may be right meanwhile is not refused", () => {
  const { clock, hear, pass } = processWith(0);
  clock.open(0);
  hear(0, NOW);
  hear(1, NOW + 3 * DAY);
  expect(clock.read()).toMatchObject({ now: NOW, latest: NOW + 3 * DAY });
  pass(1_000);
  hear(2, NOW + 1_000);
  expect(clock.read()).toMatchObject({ now: NOW + 1_000, latest: NOW + 1_000 });
});

test("ticks that are heard late do not set the time back", () => {
  const { clock, hear, pass } = processWith(0);
  clock.open(0);
  hear(0, NOW);
  for (let i = 1; i <= 20; i++) {
    pass(1_000);
    hear(i, NOW + i * 1_000 - (i % 2) * 400);
  }
  expect(clock.read().now).toBeGreaterThan(NOW + 20_000 - 100);
});
