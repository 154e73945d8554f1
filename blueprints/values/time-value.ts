import { isEventTime } from "../../streams/index.ts";
import { readIso } from "./iso-time.ts";
import { spelledNumber } from "./number-value.ts";

/** Fewer milliseconds lie before March 1973: such a number is probably one of seconds. */
const LEAST_MS = 1e11;

/**
 * Reads a value as a time, in whole ms since 1970: ISO-8601 text that names its zone, or a number of milliseconds of at
 * least twelve digits. Null: it is missing. Undefined: it is no time; `timeFault` gives the reason.
 */
export function timeOf(value: unknown): number | null | undefined {
  const read = timeOrFault(value);
  return typeof read === "string" ? undefined : read;
}

export function timeFault(value: unknown): string {
  const read = timeOrFault(value);
  return typeof read === "string" ? read : "";
}

const NO_TIME = "is no time: write it like 2026-01-31T09:15:00Z";

function timeOrFault(value: unknown): number | null | string {
  if (value === null || value === undefined || value === "") return null;
  if (typeof value === "number") return Number.isNaN(value) ? null : ofNumber(value);
  if (typeof value !== "string") return NO_TIME;
  const number = spelledNumber(value);
  if (number !== undefined) return ofNumber(number);
  const read = readIso(value);
  if (typeof read === "string") return read;
  if (read.offsetMs === null) return "names no time zone: end it with Z or an offset";
  return within(read.wallMs - read.offsetMs);
}

function ofNumber(ms: number): number | string {
  if (Math.abs(ms) < LEAST_MS) return "is a number of fewer than twelve digits: send milliseconds since 1970";
  return within(Math.floor(ms));
}

const within = (ms: number): number | string => (isEventTime(ms) ? ms : "is not between 1970 and the year 9999");
