import type { BlueprintContent } from "../blueprint.ts";
import type { FeatureVector } from "./layout.ts";

type Extract = (value: unknown) => number | string | null;

const EXTRACT: Readonly<Record<"number" | "category" | "boolean", Extract>> = {
  // Adding 0 turns −0 into 0: one value, one set of bytes.
  number: (value) => (typeof value === "number" && Number.isFinite(value) ? value + 0 : null),
  // An empty text says nothing: it is how CSV writes a missing value.
  category: (value) => (typeof value === "string" && value !== "" ? value : null),
  boolean: (value) => (typeof value === "boolean" ? (value ? 1 : 0) : null),
};

/**
 * A function from a request's context to a new vector with the context features filled in and the windows still null.
 * It never throws: a missing value, or one of another type than declared, is null.
 */
export function contextFeatures(
  blueprint: Pick<BlueprintContent, "features">,
): (context: Readonly<Record<string, unknown>>) => FeatureVector {
  const slots = blueprint.features.map((feature) => ({
    name: feature.name,
    extract: feature.kind === "context" ? EXTRACT[feature.type] : null,
  }));
  return (context) =>
    slots.map(({ name, extract }) =>
      extract !== null && Object.hasOwn(context, name) ? extract(context[name]) : null,
    );
}
