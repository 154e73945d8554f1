import type { ContextType } from "../blueprint.ts";
import { isScalar } from "yaml";
import { BOUNDS, CONTEXT_TYPES } from "../defaults.ts";
import { mostText } from "../key-reference.ts";
import { nothingRead, type Names } from "../yaml/partly.ts";
import { vectorLength } from "../values/declared-value.ts";
import { complain, found, type Place } from "../yaml/place.ts";
import { readChoice } from "../yaml/scalars.ts";
import { required } from "../yaml/section.ts";
import { noKeys, type BlueprintSection } from "./blueprint-section.ts";
import { readTypes } from "./named-types.ts";

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
  readTypes(place, `a section of names and types (${CONTEXT_TYPES.join(" | ")})`, readContextType);

function readContextType(place: Place): ContextType | undefined {
  const { node } = place;
  const written = isScalar(node) && typeof node.value === "string" ? node.value : "";
  if (!written.startsWith("vector")) return readChoice(place, CONTEXT_TYPES) as ContextType | undefined;
  const length = vectorLength(written);
  const { min, max } = BOUNDS.vector;
  if (length === undefined)
    return complain(place, `expected vector(N), found ${found(place)}`, "N says how many numbers it has: vector(16)");
  if (length >= min && length <= max) return `vector(${length})`;
  return complain(place, `expected ${min} to ${max} numbers, found ${length}`);
}
