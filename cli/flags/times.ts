import { durationMeant, parseDuration } from "../../blueprints/index.ts";
import { readTimeCell, shownText, timeUnits, timeZone, type TimeReading } from "../../loop/index.ts";
import { streamsLimits } from "../../streams/index.ts";
import { UsageError } from "../exit-codes.ts";

/** A flag's time, in ms: ISO-8601 with its zone, a date (from midnight in UTC) or epoch milliseconds. The same on every machine. */
export function parseTime(text: string, flag: string): number {
  const isDate = /^\d{4}-\d\d-\d\d$/.test(text);
  const time = readTimeCell(isDate ? `${text}T00:00Z` : text, /^\d{12,}$/.test(text) ? { unit: "ms" } : {});
  if (typeof time === "number") return time;
  throw new UsageError(
    `${flag} ${text}: write a time with its zone, like 2013-03-01T00:00:00Z, a date, which begins in UTC, or milliseconds; from 1970 to 9999`,
  );
}

/** As `parseTime`, for something that has happened: a record too far ahead would be a dead letter. */
export function parsePastTime(text: string, flag: string, now = Date.now()): number {
  const time = parseTime(text, flag);
  if (time <= now + streamsLimits.maxFutureMs) return time;
  throw new UsageError(
    `${flag} ${text}: lies ahead of this machine's clock, and the loop would refuse it. Is it right?`,
  );
}

/** The reading of times in files, by `--time-unit` and `--time-zone`. */
export function timesOf(flags: {
  readonly timeUnit?: string | undefined;
  readonly timeZone?: string | undefined;
}): TimeReading {
  const unit = timeUnits.find((known) => known === flags.timeUnit);
  if (flags.timeUnit !== undefined && unit === undefined) {
    throw new UsageError(`--time-unit ${flags.timeUnit}: write s, ms, us or ns`);
  }
  const zone = flags.timeZone === undefined ? undefined : timeZone(flags.timeZone);
  if (flags.timeZone !== undefined && zone === undefined) {
    throw new UsageError(
      `--time-zone ${flags.timeZone}: write a zone of the IANA database, like Europe/Berlin, or UTC`,
    );
  }
  return { ...(unit === undefined ? {} : { unit }), ...(zone === undefined ? {} : { zone }) };
}

const HOUR = 3_600_000;

/** A flag's step through history, in ms: a whole part of an hour, or whole hours. */
export function parseStep(text: string, flag: string): number {
  const ms = parseSpan(text, flag);
  if (ms > 0 && (HOUR % ms === 0 || ms % HOUR === 0)) return ms;
  throw new UsageError(`${flag} ${shownText(text)}: write a whole part of an hour, or whole hours, like 15m, 1h or 1d`);
}

/** A flag's duration, in ms: 90m, 6h, 1d. */
export function parseSpan(text: string, flag: string): number {
  const ms = parseDuration(text);
  if (ms !== null) return ms;
  const meant = durationMeant(text);
  const hint = meant === null ? "write a duration like 90m, 6h or 1d" : `did you mean ${meant}?`;
  throw new UsageError(`${flag} ${shownText(text)}: ${hint}`);
}
