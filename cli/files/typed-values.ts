import type { TableValue } from "./table-row.ts";

/** A value of the type asked for, or why there is none. */
export type Typed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const isoTime =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;
const minuteMs = 60_000;
/** Epoch milliseconds from 1973 to 5138. Below are epoch seconds, above microseconds: neither is guessed at. */
const leastMs = 1e11;
const mostMs = 1e14;
const words: ReadonlyMap<string, boolean> = new Map([
  ...["true", "t", "yes", "y", "1"].map((word) => [word, true] as const),
  ...["false", "f", "no", "n", "0"].map((word) => [word, false] as const),
]);

/** A finite number from a number or its decimal text: no thousands separators, no decimal comma, no hexadecimal. */
export function toNumber(value: TableValue): Typed<number> {
  if (typeof value === "number") return finite(value, value);
  if (typeof value !== "string") return refused(value, "a number");
  const text = value.trim();
  return decimal.test(text) ? finite(Number(text), value) : refused(value, "a number");
}

/**
 * Epoch milliseconds from ISO-8601 text (a date, which is its midnight in UTC, or a time with `Z` or an offset) or from epoch
 * milliseconds, as a number or as text. Fractions of a millisecond are dropped.
 */
export function toTime(value: TableValue): Typed<number> {
  if (typeof value === "number") return epochTime(value);
  if (typeof value !== "string") return refused(value, "a time");
  const text = value.trim();
  if (decimal.test(text)) return epochTime(Number(text));
  const match = isoTime.exec(text);
  if (match === null) return refused(value, "a time (write 2026-01-31T09:15:00Z)");
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  if (hour !== undefined && zone === undefined)
    return no(`${shown(value)} has no time zone: end it with Z or an offset`);
  const date = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const exists = new Date(date).toISOString().startsWith(`${year}-${month}-${day}T`);
  if (!exists || Number(hour ?? 0) > 23 || Number(minute ?? 0) > 59 || Number(second ?? 0) > 59) {
    return no(`${shown(value)} is not a time that exists`);
  }
  const minutes = Number(hour ?? 0) * 60 + Number(minute ?? 0) - offsetMinutes(zone ?? "Z");
  const ms = Number((fraction ?? "").slice(0, 3).padEnd(3, "0"));
  return { ok: true, value: date + minutes * minuteMs + Number(second ?? 0) * 1000 + ms };
}

/** A boolean from true/false, t/f, yes/no, y/n or 1/0, in either case. */
export function toBoolean(value: TableValue): Typed<boolean> {
  if (typeof value === "boolean") return { ok: true, value };
  const word = value === null ? undefined : words.get(String(value).trim().toLowerCase());
  return word === undefined ? refused(value, "true or false") : { ok: true, value: word };
}

function epochTime(value: number): Typed<number> {
  if (!Number.isInteger(value)) return no(`${value} is not a whole number of milliseconds`);
  if (Math.abs(value) < leastMs) {
    return no(`${value} is ambiguous: it may be epoch seconds. Give epoch milliseconds or ISO-8601`);
  }
  if (Math.abs(value) > mostMs)
    return no(`${value} is too large for epoch milliseconds. Give milliseconds or ISO-8601`);
  return { ok: true, value };
}

function offsetMinutes(zone: string): number {
  if (zone.toUpperCase() === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(":", ""));
  return zone.startsWith("-") ? -minutes : minutes;
}

function finite(value: number, given: TableValue): Typed<number> {
  return Number.isFinite(value) ? { ok: true, value } : refused(given, "a finite number");
}

function refused(value: TableValue, expected: string): Typed<never> {
  return no(value === null ? `is empty: expected ${expected}` : `${shown(value)} is not ${expected}`);
}

function no(reason: string): Typed<never> {
  return { ok: false, reason };
}

function shown(value: TableValue): string {
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
