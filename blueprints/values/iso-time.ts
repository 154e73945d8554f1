/** A date, or a date and a time of the day, as ISO-8601 text says it. */
export interface WallTime {
  /** The time on the wall clock, in ms, as if the clock showed UTC. Fractions of a millisecond are dropped. */
  readonly wallMs: number;
  /** How far that clock is ahead of UTC, in ms; null: the text names no zone. */
  readonly offsetMs: number | null;
}

const MINUTE = 60_000;
const MOST_OFFSET_MINUTES = 18 * 60;
const NO_TIME = "is no time: write it like 2026-01-31T09:15:00Z";
const NO_DAY = "is a day that no calendar has";

/**
 * ISO-8601 text, with a blank in place of `T` as databases write it; or why it is none, to be put behind the text. It is read digit by digit:
 * a file has a time a line, and a regular expression takes four times as long.
 */
export function readIso(text: string): WallTime | string {
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2)];
  if (year < 0 || month < 0 || day < 0 || text[4] !== "-" || text[7] !== "-") return NO_TIME;
  // `Date.UTC` takes years below 100 for others.
  if (year < 100 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return NO_DAY;
  const date = Date.UTC(year, month - 1, day);
  if (text.length === 10) return { wallMs: date, offsetMs: null };

  const between = text[10];
  const [hour, minute] = [digits(text, 11, 2), digits(text, 14, 2)];
  if ((between !== "T" && between !== " " && between !== "t") || hour < 0 || minute < 0 || text[13] !== ":")
    return NO_TIME;
  let at = 16;
  let second = 0;
  let ms = 0;
  if (text[at] === ":") {
    second = digits(text, 17, 2);
    if (second < 0) return NO_TIME;
    at = 19;
    if (text[at] === "." || text[at] === ",") {
      const end = endOfDigits(text, at + 1);
      if (end === at + 1) return NO_TIME;
      for (let digit = 1; digit <= 3; digit++) ms = ms * 10 + (at + digit < end ? digits(text, at + digit, 1) : 0);
      at = end;
    }
  }
  const offset = zoneOffset(text, at);
  if (typeof offset === "string") return offset;
  if (hour > 23 || minute > 59 || second > 59) return "is no time of a day: 00:00:00 to 23:59:59";
  return { wallMs: date + (hour * 60 + minute) * MINUTE + second * 1_000 + ms, offsetMs: offset };
}

/** `Z`, `UTC`, or hours with or without minutes, behind a blank or none. Null: the text ends here. */
function zoneOffset(text: string, from: number): number | null | string {
  if (from === text.length) return null;
  const at = text[from] === " " ? from + 1 : from;
  const sign = text[at];
  const left = text.length - at;
  if (left === 1 && (sign === "Z" || sign === "z")) return 0;
  if (sign !== "+" && sign !== "-") return text.endsWith("UTC") && left === 3 ? 0 : NO_TIME;
  const minutesAt = text[at + 3] === ":" ? at + 4 : at + 3;
  const hours = digits(text, at + 1, 2);
  const minutes = left === 3 ? 0 : digits(text, minutesAt, 2);
  if (hours < 0 || minutes < 0 || (left > 3 && text.length !== minutesAt + 2)) return NO_TIME;
  const offset = hours * 60 + minutes;
  if (minutes > 59 || offset > MOST_OFFSET_MINUTES) return "has an offset that no zone has";
  return (sign === "-" ? -offset : offset) * MINUTE;
}

/** The number that some digits spell; −1 if one of them is no digit. */
function digits(text: string, from: number, count: number): number {
  let number = 0;
  for (let at = from; at < from + count; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return -1;
    number = number * 10 + digit;
  }
  return number;
}

function endOfDigits(text: string, from: number): number {
  let at = from;
  while (digits(text, at, 1) >= 0) at++;
  return at;
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}
