import { zoneOffsets } from "../../../blueprints/index.ts";

/** A time zone of the IANA database, such as America/New_York. */
export interface TimeZone {
  readonly name: string;
  /** The instant at which clocks there show a wall time (ms, as if in UTC). They may have skipped it, or shown it twice. */
  instantOf(wallMs: number): number | "skipped" | "twice";
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Clocks are nowhere further from UTC than this. */
const MOST_OFFSET = 16 * HOUR;
/** Between two looks at the offsets around a day. No zone has changed its clocks there and back in so short a time. */
const LOOK = 4 * HOUR;
/** Days whose offsets are remembered. */
const MOST_DAYS = 10_000;

/** Undefined: there is no zone of that name. */
export function timeZone(name: string): TimeZone | undefined {
  const offsetAt = zoneOffsets(name);
  if (offsetAt === undefined) return undefined;
  const days = new Map<number, readonly number[]>();
  /** Offsets that are in force about this day. */
  const around = (day: number): readonly number[] => {
    let found = days.get(day);
    if (found !== undefined) return found;
    const seen = new Set<number>();
    for (let at = day - MOST_OFFSET; at <= day + DAY + MOST_OFFSET; at += LOOK) seen.add(offsetAt(at));
    if (days.size >= MOST_DAYS) days.clear();
    days.set(day, (found = [...seen]));
    return found;
  };
  return {
    name,
    instantOf(wallMs) {
      const possible = around(Math.floor(wallMs / DAY) * DAY);
      if (possible.length === 1) return wallMs - possible[0]!;
      const instants = possible.map((offset) => wallMs - offset).filter((at) => offsetAt(at) === wallMs - at);
      const [only] = instants;
      return only === undefined ? "skipped" : instants.length > 1 ? "twice" : only;
    },
  };
}
