import type { Feature } from "../blueprint.ts";
import { featureType } from "../features/kinds/index.ts";
import { formulaType } from "../formula/formula-types.ts";
import type { FormulaType } from "../formula/index.ts";

/** What the policy's first formula may name: the predictions, each by its label's name, and everything that is logged in the feature vector. */
export function policyTypes(labels: readonly string[], features: readonly Feature[]): Record<string, FormulaType> {
  return {
    ...Object.fromEntries(features.map((feature) => [feature.name, formulaType(featureType(feature))])),
    ...Object.fromEntries(labels.map((label) => [label, "number" as const])),
  };
}
