import { expect, test } from "vitest";
import { streamsLimits, type Log } from "../../streams/index.ts";
import { steadyWallClock } from "../../streams/steady-clock.ts";

const { clockJumpMs, clockDoubtMs } = streamsLimits;
const DAY = 24 * 3_600_000;

function clocks(log?: Log) {
  const at = { wall: 1_700_000_000_000, monotonic: 50 };
  const pass = (ms: number): void => {
    at.wall += ms;
    at.monotonic += ms;
  };
  const now = steadyWallClock(
    log,
    () => at.wall,
    () => at.monotonic,
  );
  return { at, pass, now };
}

test("it goes with the wall clock, which may be set by a little at any time", () => {
  const { at, pass, now } = clocks();
  expect(now()).toBe(1_700_000_000_000);
  pass(5_000);
  at.wall += clockJumpMs;
  expect(now()).toBe(1_700_000_005_000 + clockJumpMs);
});

test("a clock that is three days ahead for half a second moves nothing, and the log says so once", () => {
  const said: string[] = [];
  const note = (_: object, message: string): number => said.push(message);
  const { at, pass, now } = clocks({ info: note, warn: note, error: note });
  const begin = now();
  at.wall += 3 * DAY;
  for (let i = 0; i < 5; i++) {
    pass(100);
    expect(now()).toBe(begin + 100 * (i + 1));
  }
  at.wall -= 3 * DAY;
  pass(100);
  expect(now()).toBe(begin + 600);
  expect(said).toEqual(["a clock has jumped: it is not believed before the jump has lasted"]);
});

test.each([3 * DAY, -3 * DAY])("a clock that was set for good by %i ms is believed after the doubt", (jump) => {
  const { at, pass, now } = clocks();
  const begin = now();
  at.wall += jump;
  expect(now()).toBe(begin);
  pass(clockDoubtMs - 1);
  expect(now()).toBe(begin + clockDoubtMs - 1);
  pass(1);
  expect(now()).toBe(begin + clockDoubtMs + jump);
});
