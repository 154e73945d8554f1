import { isMap, isScalar, isSeq } from "yaml";
import type { EventFieldType, EventKind } from "../blueprint.ts";
import { BOUNDS } from "../defaults.ts";
import { mostText, type KeySaid } from "../key-reference.ts";
import { fieldType } from "../values/field-value.ts";
import { nothingRead, whole, type Names, type Partly } from "../yaml/partly.ts";
import { complain, type Place } from "../yaml/place.ts";
import { checkName, isName, readChoice, readText } from "../yaml/scalars.ts";
import { complainTwice, optional, readEntries, readItems, readSection } from "../yaml/section.ts";
import type { BlueprintSection } from "./blueprint-section.ts";

const KEYS = {
  fields: [
    "list of numbers' names, or names and types: number, category",
    "none",
    mostText("fieldsOfAnEvent", "fields"),
  ],
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
    for (const [name, kind] of Object.entries(events)) yield [`events.${name}.fields`, describeFields(kind)];
  },
  canonical: (events) => events,
};

function describeFields(kind: EventKind): string {
  const { fields, categories } = kind;
  if (categories === undefined) return `[${fields.join(", ")}]`;
  return `{${fields.map((name) => `${name}: ${fieldType(kind, name)}`).join(", ")}}`;
}

const noEvents = Object.freeze({ known: Object.freeze({}), complete: true });

function readEvents(place: Place): Names<Partly<EventKind>> {
  const known: Record<string, Partly<EventKind>> = {};
  const entries = readEntries(place, "a section of event kinds");
  if (entries === undefined) return { known, complete: false };
  const types = new Map<string, EventFieldType>();
  let complete = entries.length <= BOUNDS.events;
  if (!complete) complain(place, `at most ${BOUNDS.events} events, found ${entries.length}`);
  for (const { name, key, value } of entries.slice(0, BOUNDS.events)) {
    if (!checkName(key, name)) {
      place.source.broken.add(name);
      complete = false;
      continue;
    }
    const section = readSection(value, Object.keys(KEYS), (field) => fieldHint(value, field), kindHint(name, value));
    const read = optional(section, "fields", noFields, (place) => readFields(place, types));
    const isWhole = section !== undefined && section.strange.size === 0;
    known[name] = (isWhole ? read : undefined) ?? { fields: undefined };
  }
  return { known, complete };
}

const TYPES = ["number", "category"] as const;

/** How a kind of event is written, in place of something else. */
function kindHint(name: string, { node, source }: Place): string {
  if (!isSeq(node)) return `a kind without fields is ${name}: {}`;
  return `write ${name}: { fields: ${source.text.slice(...(node.range ?? [0, 0])).slice(0, 80)} }`;
}

/** A field beside `fields` and not in it. */
function fieldHint({ node, source }: Place, field: string): string | null {
  const value = isMap(node) ? source.resolve(node.get(field, true)) : null;
  const type = isScalar(value) ? TYPES.find((each) => each === value.value) : undefined;
  return type === undefined ? null : `write fields: { ${field}: ${type} }`;
}

const noFields: EventKind = Object.freeze({ fields: Object.freeze([]) });
/** @param types of the fields of earlier kinds: an observation may be an event of any kind, so a name has one type */
function readFields(place: Place, types: Map<string, EventFieldType>): EventKind | undefined {
  const named = isMap(place.node) ? readTypedNames(place) : readNames(place);
  if (named === undefined) return undefined;
  let complete = named.length <= BOUNDS.fieldsOfAnEvent;
  if (!complete) complain(place, `at most ${BOUNDS.fieldsOfAnEvent} fields, found ${named.length}`);
  const fields: string[] = [];
  const categories: string[] = [];
  for (const { at, name, type } of named.slice(0, BOUNDS.fieldsOfAnEvent)) {
    const before = name === undefined ? undefined : types.get(name);
    if (name === undefined || !checkName(at, name)) complete = false;
    else if (name === "kind") complain(at, '"kind" is the kind of every observation', "choose another name");
    else if (fields.includes(name)) complainTwice(at, `field "${name}" twice`);
    else if (type === undefined) complete = false;
    else if (before !== undefined && before !== type) {
      complain(at, `"${name}" is a ${before} of another kind of event, declared as ${type}`, "choose another name");
      complete = false;
    } else {
      types.set(name, type);
      fields.push(name);
      if (type === "category") categories.push(name);
    }
  }
  if (!complete) return undefined;
  return categories.length === 0 ? { fields } : { fields, categories };
}

const TYPED = "names with types stand in braces: fields: { minutes: number, belt: category }";

interface NamedField {
  readonly at: Place;
  /** `undefined`: it was no text, and was reported; the type too. */
  readonly name: string | undefined;
  readonly type: EventFieldType | undefined;
}

/** A list of names, all numbers. */
function readNames(place: Place): readonly NamedField[] | undefined {
  // A single name without its list is reported and then accepted: the rest of the file refers to it.
  const items =
    readItems(place, "a list of field names, or a section of names and types") ??
    (isScalar(place.node) && isName(String(place.node.value)) ? [place] : undefined);
  return items?.map((at) => ({
    at,
    name: isMap(at.node)
      ? complain(at, "expected a field name, found a section", TYPED)
      : readText(at, "a field name", 200),
    type: "number",
  }));
}

function readTypedNames(place: Place): readonly NamedField[] | undefined {
  // A name that is there twice has been reported.
  return readEntries(place, "a section of names and types")
    ?.filter(({ again }) => !again)
    .map(({ name, key, value }) => ({ at: key, name, type: readChoice(value, TYPES) }));
}
