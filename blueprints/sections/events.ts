import { isScalar } from "yaml";
import type { EventKind } from "../blueprint.ts";
import { BOUNDS } from "../defaults.ts";
import { mostText, type KeySaid } from "../key-reference.ts";
import { nothingRead, whole, type Names, type Partly } from "../yaml/partly.ts";
import { complain, type Place } from "../yaml/place.ts";
import { checkName, isName, readText } from "../yaml/scalars.ts";
import { optional, readEntries, readItems, readSection } from "../yaml/section.ts";
import type { BlueprintSection } from "./blueprint-section.ts";

const KEYS = {
  fields: ["list of names, all numbers", "none", mostText("fieldsOfAnEvent", "fields")],
} satisfies Record<string, KeySaid>;

export const eventsSection: BlueprintSection<"events", Names<Partly<EventKind>>> = {
  name: "events",
  said: ["kinds, each a section", "none", mostText("events", "kinds")],
  keys: () => ({ "KIND.fields": KEYS.fields }),
  read: (blueprint) => optional(blueprint, "events", noEvents, readEvents) ?? nothingRead,
  whole({ known }) {
    const kinds = Object.entries(known).map(([name, kind]) => [name, whole(kind)] as const);
    return whole<Record<string, EventKind>>(Object.fromEntries(kinds));
  },
  *describe(events) {
    for (const [name, { fields }] of Object.entries(events)) yield [`events.${name}.fields`, `[${fields.join(", ")}]`];
  },
  canonical: (events) => events,
};

const noEvents = Object.freeze({ known: Object.freeze({}), complete: true });

function readEvents(place: Place): Names<Partly<EventKind>> {
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
    const section = readSection(value, Object.keys(KEYS));
    known[name] = { fields: optional(section, "fields", [], readFields) };
  }
  return { known, complete };
}

function readFields(place: Place): readonly string[] | undefined {
  const fields: string[] = [];
  // A single name without its list is reported and then accepted: the rest of the file refers to it.
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
