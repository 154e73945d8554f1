import type { EventKind, ObservationType } from "../blueprint.ts";
import { OBSERVATION_TYPES } from "../defaults.ts";
import { mostText } from "../key-reference.ts";
import { fieldType } from "../values/field-value.ts";
import { nothingRead, type Names, type Partly } from "../yaml/partly.ts";
import { complain, type Place } from "../yaml/place.ts";
import { readChoice } from "../yaml/scalars.ts";
import { optional } from "../yaml/section.ts";
import { noKeys, type BlueprintSection } from "./blueprint-section.ts";
import { eventsSection } from "./events.ts";
import { readTypes } from "./named-types.ts";

export const observationsSection: BlueprintSection<"observations", Names<ObservationType>> = {
  name: "observations",
  said: [
    `names and types: ${OBSERVATION_TYPES.join(", ")}`,
    "`kind` and the fields of the events",
    mostText("contextEntries", "entries"),
  ],
  keys: noKeys,
  read(blueprint, of) {
    const events = of(eventsSection);
    const implied = readObservations(undefined, events);
    return optional(blueprint, "observations", implied, (place) => readObservations(place, events)) ?? nothingRead;
  },
  whole: ({ known }) => known,
  *describe(observations) {
    for (const [name, type] of Object.entries(observations)) yield [`observations.${name}`, type];
  },
  canonical: (observations) => observations,
};

/** Declared observation entries, with `kind` and the events' fields, which need no declaration. */
function readObservations(place: Place | undefined, events: Names<Partly<EventKind>>): Names<ObservationType> {
  const known: Record<string, ObservationType> = { kind: "category" };
  let { complete } = events;
  for (const kind of Object.values(events.known)) {
    if (kind.fields === undefined) complete = false;
    for (const field of kind.fields ?? []) known[field] = fieldType(kind, field);
  }
  if (place === undefined) return { known, complete };
  const what = `a section of names and types (${OBSERVATION_TYPES.join(" | ")})`;
  const readType = (at: Place): ObservationType | undefined => readChoice(at, OBSERVATION_TYPES);
  const declared = readTypes(place, what, readType, (key, type, name) => {
    if (!Object.hasOwn(known, name) || known[name] === type) return true;
    const of = name === "kind" ? "kind is the kind of every observation" : "it is a field of an event";
    complain(
      key,
      `"${name}" is a ${known[name]} already, declared as ${type}`,
      `${of}: leave it out, or choose another name`,
    );
    return false;
  });
  return { known: { ...known, ...declared.known }, complete: complete && declared.complete };
}
