import { isScalar } from "yaml";
import type { ContextType, EventKind, WindowAggregate, WindowFeature } from "../blueprint.ts";
import { BOUNDS, DEFAULTS, KEYS, WINDOW_AGGREGATES } from "../defaults.ts";
import type { Names, Partly } from "./partly.ts";
import { complain, found, type Place } from "./place.ts";
import { optional, readItems, readSection, required, type Section } from "./section.ts";
import { readBoolean, readDuration, readText } from "./values.ts";

/** What a feature may refer to. */
export interface Known {
  readonly context: Names<ContextType>;
  readonly events: Names<Partly<EventKind>>;
}

/** The window of the feature `name`, from the section after its name. */
export function readWindow(place: Place, name: string, known: Known): WindowFeature | undefined {
  const section = readSection(place, KEYS.window);
  if (section === undefined) return undefined;
  const aggregate = readAggregate(section);
  const event = required(section, "of", (of) => readEvent(of, known));
  const kind = event === undefined ? undefined : known.events.known[event];
  const field = aggregate === undefined ? undefined : readField(section, aggregate, event, kind);
  const by = required(section, "by", (place) => readBy(place, known));
  const windowMs = required(section, "in", (place) => readDuration(place, BOUNDS.window));
  const open = optional(section, "open", DEFAULTS.open, readBoolean);
  if (
    aggregate === undefined ||
    event === undefined ||
    field === undefined ||
    by === undefined ||
    windowMs === undefined ||
    open === undefined
  ) {
    return undefined;
  }
  return { kind: "window", name, aggregate, field, event, by, windowMs, open };
}

function readAggregate(section: Section): WindowAggregate | undefined {
  const given = WINDOW_AGGREGATES.filter((aggregate) => section.fields.has(aggregate));
  const [aggregate] = given;
  if (WINDOW_AGGREGATES.some((each) => section.doubtful.has(each))) return undefined;
  if (given.length === 1) return aggregate;
  return complain(
    section.place,
    given.length === 0 ? "no aggregate" : `more than one aggregate: ${given.join(", ")}`,
    `exactly one of ${WINDOW_AGGREGATES.join(", ")}`,
  );
}

function readEvent(place: Place, { events }: Known): string | undefined {
  const event = readText(place, "an event kind", 200);
  if (event === undefined || Object.hasOwn(events.known, event)) return event;
  if (place.source.broken.has(event) || !events.complete) return undefined;
  place.source.broken.add(event);
  const guess = place.source.guess(event, Object.keys(events.known));
  return complain(
    place,
    `unknown event "${event}"`,
    guess === null ? "declare it under events" : `did you mean "${guess}"?`,
  );
}

/** Null for count; undefined after a complaint. */
function readField(
  section: Section,
  aggregate: WindowAggregate,
  event: string | undefined,
  kind: Partly<EventKind> | undefined,
): string | null | undefined {
  const place = section.fields.get(aggregate);
  if (place === undefined) return undefined;
  if (aggregate === "count") {
    if (isScalar(place.node) && place.node.value === true) return null;
    return complain(place, `expected count: true, found ${found(place)}`, "count counts events, not values");
  }
  const field = readText(place, "an event field", 200);
  if (field === undefined || kind?.fields === undefined || kind.fields.includes(field)) return field;
  if (place.source.broken.has(field)) return undefined;
  place.source.broken.add(field);
  const guess = place.source.guess(field, kind.fields);
  return complain(
    place,
    `event "${event}" has no field "${field}"`,
    guess === null ? `declare it under events.${event}.fields` : `did you mean "${guess}"?`,
  );
}

function readBy(place: Place, { context }: Known): readonly string[] | undefined {
  const items = isScalar(place.node) ? [place] : readItems(place, "one or two context entries");
  if (items === undefined) return undefined;
  const { min, max } = BOUNDS.windowKeys;
  if (items.length < min || items.length > max) {
    return complain(place, `expected one or two context entries, found ${items.length}`);
  }
  const by: string[] = [];
  for (const item of items) {
    const name = readText(item, "a context entry's name", 200);
    if (name === undefined || place.source.broken.has(name)) continue;
    const type = Object.hasOwn(context.known, name) ? context.known[name] : undefined;
    if (type === undefined) {
      if (!context.complete) continue;
      place.source.broken.add(name);
      const guess = place.source.guess(name, Object.keys(context.known));
      const hint = guess === null ? "declare it under context, as a key or a category" : `did you mean "${guess}"?`;
      complain(item, `"${name}" is not in context`, hint);
    } else if (type !== "key" && type !== "category") {
      complain(item, `"${name}" is a ${type}`, "windows are kept by a key or a category");
    } else if (by.includes(name)) {
      complain(item, `"${name}" twice`);
    } else {
      by.push(name);
    }
  }
  return by.length === items.length ? by : undefined;
}
