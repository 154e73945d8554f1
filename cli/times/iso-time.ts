/** A date, or a date and a time of the day, as ISO-8601 text says it. */
export interface WallTime {
  /** What the clock on the wall shows, in ms, as if it hung in UTC. What is below a millisecond is left out. */
  readonly wallMs: number;
  /** How far that clock is ahead of UTC, in ms; null: the text names no zone. */
  readonly offsetMs: number | null;
}

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?: ?(?:([Zz]|UTC)|([+-])(\d\d)(?::?(\d\d))?))?)?$/;
const MINUTE = 60_000;
const MOST_OFFSET_MINUTES = 18 * 60;

/** ISO-8601 text, with a blank in place of `T` as databases write it; or why it is none, to be put behind the text. */
export function readIso(text: string): WallTime | string {
  const match = ISO.exec(text);
  if (match === null) return "is no time: write it like 2026-01-31T09:15:00Z";
  const [, year, month, day, hour, minute, second, fraction, utc, sign, zoneHours, zoneMinutes] = match;
  const date = Date.UTC(Number(year), Number(month) - 1, Number(day));
  if (!isDay(date, Number(year), Number(month), Number(day))) return "is a day that no calendar has";
  if (hour === undefined) return { wallMs: date, offsetMs: null };
  const [hours, minutes, seconds] = [Number(hour), Number(minute), Number(second ?? 0)];
  if (hours > 23 || minutes > 59 || seconds > 59) return "is no time of a day: 00:00:00 to 23:59:59";
  const ms = fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, "0"));
  const wallMs = date + (hours * 60 + minutes) * MINUTE + seconds * 1_000 + ms;
  if (utc !== undefined) return { wallMs, offsetMs: 0 };
  if (sign === undefined) return { wallMs, offsetMs: null };
  const offset = Number(zoneHours) * 60 + Number(zoneMinutes ?? 0);
  if (Number(zoneMinutes ?? 0) > 59 || offset > MOST_OFFSET_MINUTES) return "has an offset that no zone has";
  return { wallMs, offsetMs: (sign === "-" ? -offset : offset) * MINUTE };
}

/** Months and days that overflow move the date, and years below 100 are moved by 1900. */
function isDay(date: number, year: number, month: number, day: number): boolean {
  const found = new Date(date);
  return found.getUTCFullYear() === year && found.getUTCMonth() + 1 === month && found.getUTCDate() === day;
}
