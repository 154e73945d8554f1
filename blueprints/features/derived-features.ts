import type { BlueprintContent } from "../blueprint.ts";
import { computationOf } from "./kinds/index.ts";
import type { FeatureVector } from "./layout.ts";

/**
 * A function that fills in the features made of earlier ones, once all others are in the vector; null if there are
 * none.
 */
export function derivedFeatures(
  blueprint: Pick<BlueprintContent, "features">,
): ((vector: FeatureVector) => void) | null {
  const slots = new Map(blueprint.features.map(({ name }, index) => [name, index]));
  const derived = blueprint.features.flatMap((feature, index) => {
    const computed = computationOf(feature);
    if (computed.from !== "features") return [];
    return [{ index, from: computed.names.map((name) => slots.get(name)!), valueOf: computed.value }];
  });
  if (derived.length === 0) return null;
  return (vector) => {
    for (const { index, from, valueOf } of derived) vector[index] = valueOf(from.map((slot) => vector[slot] ?? null));
  };
}
