import { isScalar } from "yaml";
import type { ContextType, EventKind, ObservationType } from "../blueprint.ts";
import { BOUNDS, CONTEXT_TYPES, OBSERVATION_TYPES } from "../defaults.ts";
import { complain, type Place } from "./place.ts";
import { optional, readEntries, readItems, readSection } from "./section.ts";
import { checkName, readChoice, readText } from "./values.ts";

/** `name: type` pairs. An entry with a problem is left out. */
function readTypes<T extends string>(place: Place, what: string, types: readonly T[]): Record<string, T> {
  const read: Record<string, T> = {};
  const entries = readEntries(place, what) ?? [];
  if (entries.length > BOUNDS.contextEntries) {
    complain(place, `at most ${BOUNDS.contextEntries} entries, found ${entries.length}`);
  }
  for (const { name, key, value } of entries.slice(0, BOUNDS.contextEntries)) {
    const type = checkName(key, name) ? readChoice(value, types) : undefined;
    if (type === undefined) place.source.broken.add(name);
    else read[name] = type;
  }
  return read;
}

export function readContext(place: Place): Record<string, ContextType> {
  return readTypes(place, `a section of names and types (${CONTEXT_TYPES.join(" | ")})`, CONTEXT_TYPES);
}

export function readEvents(place: Place): Record<string, EventKind> {
  const events: Record<string, EventKind> = {};
  const entries = readEntries(place, "a section of event kinds") ?? [];
  if (entries.length > BOUNDS.events) complain(place, `at most ${BOUNDS.events} events, found ${entries.length}`);
  for (const { name, key, value } of entries.slice(0, BOUNDS.events)) {
    if (!checkName(key, name)) {
      place.source.broken.add(name);
      continue;
    }
    const section = readSection(value, ["fields"]);
    events[name] = { fields: optional(section, "fields", [], readFields) };
  }
  return events;
}

function readFields(place: Place): readonly string[] {
  const fields: string[] = [];
  // A single name without its list is complained about, and then taken: the rest of the file refers to it.
  const items =
    readItems(place, "a list of field names") ??
    (isScalar(place.node) && typeof place.node.value === "string" ? [place] : []);
  if (items.length > BOUNDS.fieldsOfAnEvent) {
    complain(place, `at most ${BOUNDS.fieldsOfAnEvent} fields, found ${items.length}`);
  }
  for (const item of items.slice(0, BOUNDS.fieldsOfAnEvent)) {
    const field = readText(item, "a field name", 200);
    if (field === undefined) continue;
    if (!checkName(item, field)) place.source.broken.add(field);
    else if (field === "kind") complain(item, '"kind" is the kind of every observation', "choose another name");
    else if (fields.includes(field)) complain(item, `field "${field}" twice`);
    else fields.push(field);
  }
  return fields;
}

/** Declared observation entries, with `kind` and the events' fields, which need no declaration. */
export function readObservations(
  place: Place | undefined,
  events: Readonly<Record<string, EventKind>>,
): Record<string, ObservationType> {
  const known: Record<string, ObservationType> = { kind: "category" };
  for (const { fields } of Object.values(events)) for (const field of fields) known[field] = "number";
  if (place === undefined) return known;
  const declared = readTypes(
    place,
    `a section of names and types (${OBSERVATION_TYPES.join(" | ")})`,
    OBSERVATION_TYPES,
  );
  for (const [name, type] of Object.entries(declared)) {
    if (Object.hasOwn(known, name) && known[name] !== type) {
      complain(place, `"${name}" is a ${known[name]} already, declared as ${type}`);
    } else {
      known[name] = type;
    }
  }
  return known;
}
