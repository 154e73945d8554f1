/** How far clocks are ahead of UTC at an instant; ms. */
export type OffsetAt = (instant: number) => number;

/**
 * The offsets of a time zone of the IANA database, such as America/New_York, by the copy that Node.js has
 * (`process.versions.tz`). Undefined: there is no zone of that name.
 */
export function zoneOffsets(name: string): OffsetAt | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      ...{ timeZone: name, calendar: "gregory", numberingSystem: "latn", hourCycle: "h23" },
      ...{ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" },
    });
  } catch {
    return undefined;
  }
  return (instant) => {
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(instant)) part[type] = Number(value);
    const { year, month, day, hour, minute, second } = part;
    const wall = Date.UTC(year!, month! - 1, day!, hour!, minute!, second!);
    return wall - Math.floor(instant / 1_000) * 1_000;
  };
}

const HOUR = 3_600_000;
const MOST_HOURS = 20_000;

/** The same, remembered by hours in which the clocks did not change: each look into the database takes microseconds. */
export function rememberedOffsets(name: string): OffsetAt | undefined {
  const offsetAt = zoneOffsets(name);
  if (offsetAt === undefined) return undefined;
  const hours = new Map<number, number | null>();
  return (instant) => {
    const hour = Math.floor(instant / HOUR);
    let known = hours.get(hour);
    if (known === undefined) {
      const [first, last] = [offsetAt(hour * HOUR), offsetAt((hour + 1) * HOUR - 1)];
      if (hours.size >= MOST_HOURS) hours.clear();
      hours.set(hour, (known = first === last ? first : null));
    }
    return known ?? offsetAt(instant);
  };
}
