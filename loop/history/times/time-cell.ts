import { readIso, shown } from "../../../blueprints/index.ts";
import { isEventTime } from "../../../streams/index.ts";
import { epochMs, type TimeUnit } from "./epoch-time.ts";
import type { TimeZone } from "./time-zone.ts";

/** The user's word on the times of a file. */
export interface TimeReading {
  /** Of times that are numbers. Absent: a number is no time. */
  readonly unit?: TimeUnit;
  /** Of times that name no zone. Absent: such a text is no time. */
  readonly zone?: TimeZone;
}

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * The time in a cell, in ms, or the fault of the cell, with its text. Nothing is guessed, and no clock or zone of the
 * machine is used. A cell is ISO-8601 with a zone or an offset; or ISO-8601 without one, and `zone` names it; or a
 * number of `unit`.
 */
export function readTimeCell(
  cell: string | number | boolean | null,
  { unit, zone }: TimeReading = {},
): number | string {
  const time =
    typeof cell === "number" || (typeof cell === "string" && NUMBER.test(cell))
      ? numberTime(cell, unit)
      : typeof cell === "string"
        ? textTime(cell, zone)
        : "is no time: write it like 2026-01-31T09:15:00Z";
  if (typeof time === "string") return `${shown(cell)} ${time}`;
  return isEventTime(time) ? time : `${shown(cell)} is not between 1970 and the year 9999`;
}

function numberTime(cell: number | string, unit: TimeUnit | undefined): number | string {
  if (unit === undefined) return "is a number: say its unit by --time-unit (s, ms, us or ns)";
  return epochMs(cell, unit) ?? `is no number of ${unit} since 1970`;
}

function textTime(text: string, zone: TimeZone | undefined): number | string {
  const read = readIso(text);
  if (typeof read === "string") return read;
  if (read.offsetMs !== null) return read.wallMs - read.offsetMs;
  if (zone === undefined) return "names no time zone: end it with Z or an offset, or name the zone by --time-zone";
  const instant = zone.instantOf(read.wallMs);
  if (typeof instant === "number") return instant;
  return instant === "skipped"
    ? `was skipped by the clocks in ${zone.name}: end it with Z or an offset`
    : `was there twice in ${zone.name}: end it with Z or an offset`;
}
