import { DEFAULTS } from "../../defaults.ts";
import { rememberedOffsets, zoneOffsets } from "../../values/zone-offsets.ts";
import { complain, type Place } from "../../yaml/place.ts";
import { readChoice, readText } from "../../yaml/scalars.ts";
import { optional, readSection, required } from "../../yaml/section.ts";
import { CALENDAR_PARTS, calendarPart, type CalendarPart } from "../calendar.ts";
import type { FeatureKind, FeaturesKnown, ReadFeature } from "../feature-kind.ts";
import { readInput, type Input } from "../inputs.ts";

/** A part of a time, as calendars and clocks of a time zone show it. */
export interface CalendarFeature {
  readonly kind: "calendar";
  readonly name: string;
  readonly part: CalendarPart;
  /** Null: the decision's time. */
  readonly input: Input | null;
  /** Of the IANA database. */
  readonly zone: string;
}

declare module "../../blueprint.ts" {
  interface FeatureKinds {
    calendar: CalendarFeature;
  }
}

/** Missing if the time is. */
export const calendarKind: FeatureKind<CalendarFeature> = {
  name: "calendar",
  written: "section",
  keys: () => ({
    calendar: [`one of ${CALENDAR_PARTS.join(", ")}`, "required"],
    at: ["a time of `context`", "the decision's time"],
    zone: ["a time zone of the IANA database", DEFAULTS.zone],
  }),
  marks: () => ["calendar"],
  read,
  canonical: (feature) => feature,
  describe: ({ part, input, zone }) => `${part} of ${input?.name ?? "the decision's time"} in ${zone}`,
  columnDoc: (feature) =>
    `${calendarKind.describe(feature)}${feature.input === null ? "" : "; null when it was missing"}.`,
  type: ({ part }) => (part === "weekend" ? "boolean" : "number"),
  compute({ part, input, zone }) {
    const valueOf = calendarPart[part];
    const offsetAt = offsetsOf(zone);
    return {
      from: "features",
      names: [],
      entries: input === null ? [] : [input.name],
      value([given = null], time) {
        const at = input === null ? time : given;
        return typeof at === "number" ? valueOf(at + offsetAt(at)) : null;
      },
    };
  },
};

const zones = new Map<string, (instant: number) => number>();

/** One memory a zone, however many features and versions ask for it. */
function offsetsOf(zone: string): (instant: number) => number {
  let found = zones.get(zone);
  if (found === undefined) {
    found = zone === "UTC" ? () => 0 : rememberedOffsets(zone)!;
    zones.set(zone, found);
  }
  return found;
}

function read(place: Place, name: string, known: FeaturesKnown): ReadFeature<CalendarFeature> {
  const section = readSection(place, Object.keys(calendarKind.keys()));
  const part = required(section, "calendar", (at) => readChoice(at, CALENDAR_PARTS));
  const input = optional<Input | null>(section, "at", null, (at) => readInput(at, name, known, ["time"], "a time"));
  const zone = optional(section, "zone", DEFAULTS.zone, readZone);
  if (part === undefined || input === undefined || zone === undefined) return "unusable";
  return { kind: "calendar", name, part, input, zone };
}

function readZone(place: Place): string | undefined {
  const zone = readText(place, "a time zone", 100);
  if (zone === undefined || (/^[A-Za-z]/.test(zone) && zoneOffsets(zone) !== undefined)) return zone;
  const guess = place.source.guess(zone, Intl.supportedValuesOf("timeZone"));
  const hint = guess === null ? "a name of the IANA database, such as America/New_York" : `did you mean "${guess}"?`;
  return complain(place, `there is no time zone "${zone}"`, hint);
}
