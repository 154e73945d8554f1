import type { BlueprintContent } from "../blueprint.ts";
import { booleanOf } from "../values/boolean-value.ts";
import { categoryOf } from "../values/category-value.ts";
import { numberOf } from "../values/number-value.ts";
import type { FeatureVector } from "./layout.ts";

type Extract = (value: unknown) => number | string | null;

/** A value that has its declared type already costs a look at its type. */
const EXTRACT: Readonly<Record<"number" | "category" | "boolean", Extract>> = {
  number: (value) => numberOf(value) ?? null,
  category: (value) => (typeof value === "string" && value !== "" ? value : (categoryOf(value) ?? null)),
  boolean(value) {
    const read = typeof value === "boolean" ? value : (booleanOf(value) ?? null);
    return read === null ? null : read ? 1 : 0;
  },
};

/**
 * A function from a request's context to a new vector with the context features filled in and the windows still null.
 * It never throws: a missing value, or one that its declared type can't read, is null.
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
