import type { ContextType, Feature, ObservationType } from "../blueprint.ts";
import type { FormulaType } from "./index.ts";

function formulaType(type: ContextType | ObservationType): FormulaType {
  return type === "category" || type === "key" ? "string" : type;
}

/** What the label's formulas may name. */
export function formulaTypes(observations: Readonly<Record<string, ObservationType>>): Record<string, FormulaType> {
  return Object.fromEntries(Object.entries(observations).map(([name, type]) => [name, formulaType(type)]));
}

/** What the policy's first formula may name: the prediction and everything that is logged in the feature vector. */
export function policyTypes(label: string | undefined, features: readonly Feature[]): Record<string, FormulaType> {
  return {
    ...Object.fromEntries(
      features.map((feature) => [feature.name, feature.kind === "window" ? "number" : formulaType(feature.type)]),
    ),
    ...(label === undefined ? {} : { [label]: "number" as const }),
  };
}
