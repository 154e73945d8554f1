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

/** How the features fit a context; filled in anew for each. */
export interface ContextFit {
  /** Entries of the context that are features. */
  found: number;
  /** A value that its type can't read may be among them. */
  doubtful: boolean;
}

/**
 * A function from a request's context to a new vector with the context features filled in and the windows still null.
 * It never throws: a missing value, or one that its declared type can't read, is null.
 */
export function contextFeatures(
  blueprint: Pick<BlueprintContent, "features">,
): (context: Readonly<Record<string, unknown>>, fit?: ContextFit) => FeatureVector {
  const slots = blueprint.features.map((feature) => ({
    name: feature.name,
    extract: feature.kind === "context" ? EXTRACT[feature.type] : null,
  }));
  return (context, fit) => {
    let found = 0;
    let doubtful = false;
    const vector = slots.map(({ name, extract }) => {
      if (extract === null || !Object.hasOwn(context, name)) return null;
      found++;
      const given = context[name];
      const value = extract(given);
      if (value === null && given !== null) doubtful = true;
      return value;
    });
    if (fit !== undefined) [fit.found, fit.doubtful] = [found, doubtful];
    return vector;
  };
}
