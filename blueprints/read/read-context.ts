import { isScalar } from "yaml";
import type { ContextType, EventKind, ObservationType } from "../blueprint.ts";
import { BOUNDS, CONTEXT_TYPES, KEYS, OBSERVATION_TYPES } from "../defaults.ts";
import type { Names, Partly } from "./partly.ts";
import { complain, type Place } from "./place.ts";
import { optional, readEntries, readItems, readSection } from "./section.ts";
import { checkName, isName, readChoice, readText } from "./values.ts";

/** `name: type` pairs. An entry with a problem is left out. */
function readTypes<T extends string>(place: Place, what: string, types: readonly T[]): Names<T> {
  const known: Record<string, T> = {};
  const entries = readEntries(place, what);
  if (entries === undefined) return { known, complete: false };
  let complete = entries.length <= BOUNDS.contextEntries;
  if (!complete) complain(place, `at most ${BOUNDS.contextEntries} entries, found ${entries.length}`);
  for (const { name, key, value, again } of entries.slice(0, BOUNDS.contextEntries)) {
    const isUsable = checkName(key, name);
    // Another name was probably meant, which may be used elsewhere.
    if (!isUsable) complete = false;
    const type = isUsable ? readChoice(value, types) : undefined;
    if (type === undefined || again) place.source.broken.add(name);
    else known[name] = type;
  }
  return { known, complete };
}

export function readContext(place: Place): Names<ContextType> {
  return readTypes(place, `a section of names and types (${CONTEXT_TYPES.join(" | ")})`, CONTEXT_TYPES);
}

export function readEvents(place: Place): Names<Partly<EventKind>> {
  const known: Record<string, Partly<EventKind>> = {};
  const entries = readEntries(place, "a section of event kinds");
  if (entries === undefined) return { known, complete: false };
  let complete = entries.length <= BOUNDS.events;
  if (!complete) complain(place, `at most ${BOUNDS.events} events, found ${entries.length}`);
  for (const { name, key, value } of entries.slice(0, BOUNDS.events)) {
    if (!checkName(key, name)) {
      place.source.broken.add(name);
      complete = false;
      continue;
    }
    const section = readSection(value, KEYS.event);
    known[name] = { fields: optional(section, "fields", [], readFields) };
  }
  return { known, complete };
}

function readFields(place: Place): readonly string[] | undefined {
  const fields: string[] = [];
  // A single name without its list is complained about, and then taken: the rest of the file refers to it.
  const items =
    readItems(place, "a list of field names") ??
    (isScalar(place.node) && isName(String(place.node.value)) ? [place] : undefined);
  if (items === undefined) return undefined;
  let complete = items.length <= BOUNDS.fieldsOfAnEvent;
  if (!complete) complain(place, `at most ${BOUNDS.fieldsOfAnEvent} fields, found ${items.length}`);
  for (const item of items.slice(0, BOUNDS.fieldsOfAnEvent)) {
    const field = readText(item, "a field name", 200);
    if (field === undefined || !checkName(item, field)) complete = false;
    else if (field === "kind") complain(item, '"kind" is the kind of every observation', "choose another name");
    else if (fields.includes(field)) complain(item, `field "${field}" twice`);
    else fields.push(field);
  }
  return complete ? fields : undefined;
}

/** Declared observation entries, with `kind` and the events' fields, which need no declaration. */
export function readObservations(place: Place | undefined, events: Names<Partly<EventKind>>): Names<ObservationType> {
  const known: Record<string, ObservationType> = { kind: "category" };
  let { complete } = events;
  for (const { fields } of Object.values(events.known)) {
    if (fields === undefined) complete = false;
    for (const field of fields ?? []) known[field] = "number";
  }
  if (place === undefined) return { known, complete };
  const declared = readTypes(
    place,
    `a section of names and types (${OBSERVATION_TYPES.join(" | ")})`,
    OBSERVATION_TYPES,
  );
  for (const [name, type] of Object.entries(declared.known)) {
    if (Object.hasOwn(known, name) && known[name] !== type) {
      complain(place, `"${name}" is a ${known[name]} already, declared as ${type}`);
      place.source.broken.add(name);
    } else {
      known[name] = type;
    }
  }
  return { known, complete: complete && declared.complete };
}
