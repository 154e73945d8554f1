import type { ContextType } from "../blueprint.ts";
import { CONTEXT_TYPES } from "../defaults.ts";
import { mostText } from "../key-reference.ts";
import { nothingRead, type Names } from "../yaml/partly.ts";
import type { Place } from "../yaml/place.ts";
import { required } from "../yaml/section.ts";
import { noKeys, type BlueprintSection } from "./blueprint-section.ts";
import { readTypeOrVector, readTypes } from "./named-types.ts";

export const contextSection: BlueprintSection<"context", Names<ContextType>> = {
  name: "context",
  said: [`names and types: ${CONTEXT_TYPES.join(", ")}`, "required", mostText("contextEntries", "entries")],
  keys: noKeys,
  read: (blueprint) => required(blueprint, "context", readContext) ?? nothingRead,
  whole: ({ known }) => known,
  *describe(context) {
    for (const [name, type] of Object.entries(context)) yield [`context.${name}`, type];
  },
  canonical: (context) => context,
};

const readContext = (place: Place): Names<ContextType> =>
  readTypes(place, `a section of names and types (${CONTEXT_TYPES.join(" | ")})`, (type) =>
    readTypeOrVector<ContextType>(type, CONTEXT_TYPES),
  );
