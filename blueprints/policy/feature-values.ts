import type { Feature } from "../blueprint.ts";
import { featureType } from "../features/kinds/index.ts";
import type { FeatureVector } from "../features/layout.ts";
import type { FormulaValue } from "../formula/index.ts";

/** A feature of a vector by its name, as formulas have it: a boolean is true or false. `undefined`: none has the name. */
export function featureValues(
  features: readonly Feature[],
): (vector: Readonly<FeatureVector>, name: string) => FormulaValue | undefined {
  const slots = new Map(features.map((feature, index) => [feature.name, index]));
  const booleans = new Set(features.filter((feature) => featureType(feature) === "boolean").map(({ name }) => name));
  return (vector, name) => {
    const slot = slots.get(name);
    if (slot === undefined) return undefined;
    const value = vector[slot] ?? null;
    return booleans.has(name) && value !== null ? value === 1 : value;
  };
}
