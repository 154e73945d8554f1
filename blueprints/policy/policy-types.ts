import type { DecisionSpace, Feature } from "../blueprint.ts";
import { featureType } from "../features/kinds/index.ts";
import { formulaType } from "../formula/formula-types.ts";
import type { FormulaType } from "../formula/index.ts";
import type { PolicyParams } from "./params.ts";

/** The type of a value of each decision space. */
export const VALUE_TYPES: Readonly<Record<DecisionSpace["kind"], FormulaType>> = {
  boolean: "boolean",
  number: "number",
  actions: "string",
  options: "string",
};

/**
 * The names for the policy's first formula: the predictions, each by its label's name, everything in the feature
 * vector, and the parameters.
 *
 * @param predicted names of labels and of the posterior
 */
export function policyTypes(
  predicted: readonly string[],
  features: readonly Feature[],
  params: PolicyParams = {},
): Record<string, FormulaType> {
  return {
    ...Object.fromEntries(features.map((feature) => [feature.name, formulaType(featureType(feature))])),
    ...Object.fromEntries(predicted.map((name) => [name, "number" as const])),
    ...Object.fromEntries(Object.keys(params).map((name) => [name, "number" as const])),
  };
}
