import type { BlueprintContent } from "../blueprint.ts";
import type { FeatureVector } from "../features/layout.ts";
import { compileFormula, type FormulaValue } from "../formula/index.ts";
import { featureValues } from "./feature-values.ts";
import { policyTypes } from "./policy-types.ts";

/** The product's own choice of a value; null: it is not known, or a feature that it needs is missing. Never throws. */
export type Baseline = (vector: Readonly<FeatureVector>) => FormulaValue;

export function compileBaseline({
  learning: { baseline },
  features,
}: Pick<BlueprintContent, "learning" | "features">): Baseline {
  if (baseline === null) return () => null;
  const { evaluate } = compileFormula(baseline, policyTypes([], features, {}));
  const featureOf = featureValues(features);
  return (vector) => evaluate((name) => featureOf(vector, name) ?? null);
}
