import { isEventTime } from "../backbone/event-time.ts";
import { StreamsError } from "../errors.ts";

/** The time at which records arrive, ms. The two values differ while the known clocks disagree. */
export interface Arrival {
  /** Event time moves no further than this. */
  readonly now: number;
  /** No clock that may be right is ahead of this: a record is refused for its distance from here. */
  readonly latest: number;
  /** The same moment on a monotonic clock. */
  readonly at: number;
}

/** For topics that are read again as history: any time is past. */
export const unbounded: Arrival = Object.freeze({
  now: Number.POSITIVE_INFINITY,
  latest: Number.POSITIVE_INFINITY,
  at: 0,
});

/** @param latest when it came. */
export function aheadOfTime(time: number, latest: number, maxFutureMs: number): StreamsError {
  return new StreamsError(
    "AHEAD_OF_TIME",
    `it is dated ${new Date(time).toISOString()} and came at ${new Date(latest).toISOString()}: at most ${maxFutureMs} ms ahead ` +
      "are taken; mend the sender's clock, or send milliseconds",
  );
}

/** The time of a dead letter: its record's, unless that is invalid or lies ahead. */
export function timeOfLetter(time: number, { now }: Arrival): number {
  if (isEventTime(time)) return Math.min(time, now);
  return Number.isFinite(now) ? now : 0;
}
