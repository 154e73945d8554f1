import { isEventTime } from "../backbone/event-time.ts";
import { StreamsError } from "../errors.ts";

/** The time at which records arrive, ms. The two differ while the clocks that are known disagree. */
export interface Arrival {
  /** Event time is moved no further than this. */
  readonly now: number;
  /** No clock that may be right is ahead of this: a record is refused for its distance from here. */
  readonly latest: number;
  /** The same moment on a monotonic clock. */
  readonly at: number;
}

/** Where topics are read again as history: any time is past. */
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
      "are taken; mend the clock of whoever sent it, or send milliseconds",
  );
}

/** What a dead letter is dated: as its record, unless that is no time or lies ahead. */
export function timeOfLetter(time: number, { now }: Arrival): number {
  if (isEventTime(time)) return Math.min(time, now);
  return Number.isFinite(now) ? now : 0;
}
