import { StreamsError } from "../errors.ts";
import { streamsLimits } from "../limits.ts";
import type { OutgoingRecord } from "./backbone.ts";

/** The last millisecond of the year 9999. */
export const LATEST_TIME = 253_402_300_799_999;

/** Whether a number can be a record's time: whole milliseconds from 1970 to the end of 9999. */
export function isEventTime(time: number): boolean {
  return time >= 0 && time <= LATEST_TIME && Math.floor(time) === time;
}

/**
 * Throws `BAD_TIME` for a number that can't be a record's time.
 * @param what the subject of the message
 */
export function checkTime(time: number, what: string): void {
  if (!isEventTime(time)) throw badTime(time, what);
}

/**
 * Throws `BAD_TIME` or `AHEAD_OF_TIME` for a time that the loop would refuse on its arrival, before anything is sent.
 * @param latest no clock that may be right is ahead of this, ms
 */
export function checkArrival(time: number, latest: number, what: string): void {
  checkTime(time, what);
  const most = latest + streamsLimits.maxFutureMs;
  if (time <= most) return;
  const [dated, taken] = [time, most].map((at) => new Date(at).toISOString());
  const text = `${what} ${time}, which is ${dated}, is ahead of now: at most ${taken} is taken; times are milliseconds since 1970`;
  throw new StreamsError("AHEAD_OF_TIME", text);
}

/** Throws `BAD_TIME` for the first record with an invalid time. */
export function checkTimes(records: readonly OutgoingRecord[]): void {
  for (const { topic, timestamp } of records) {
    if (!isEventTime(timestamp)) throw badTime(timestamp, `the time of a record for ${topic}`);
  }
}

/** `what` is the subject of the message. */
export function badTime(time: number, what: string): StreamsError {
  const wrong = Number.isSafeInteger(time)
    ? `${time}, which is ${time < 0 ? "before 1970" : "after the year 9999"}`
    : String(time);
  return new StreamsError("BAD_TIME", `${what} is ${wrong}: send whole milliseconds since 1970`);
}

/**
 * Names the feeder of a record that is not of the world as it happens: an import, a demo, a product that tells its past.
 * Operators carry it from their inputs to their outputs.
 */
export const SOURCE_HEADER = "loopstream_source";
