import { compileBlueprint, type CompiledBlueprint, type FeatureValue } from "../../../blueprints/index.ts";

/** A blueprint with these entries and features: one line each. */
export const withFeatures = (context: string, ...features: readonly string[]): string => `useCase: made
decisionSpace: boolean
context: { ${context} }
observations: { y: boolean }
events: { seen: { fields: [n] } }
features:
${features.map((line) => `  - ${line}`).join("\n")}
label: { name: late, value: y }
policy: { decide: late > 0.5 }
`;

export type Decide = (
  context: Readonly<Record<string, unknown>>,
  time?: number,
) => Readonly<Record<string, FeatureValue>>;

/** The features of a decision, by name. */
export function featuresOf(context: string, ...features: readonly string[]): Decide {
  return featuresBy(compileBlueprint(withFeatures(context, ...features)));
}

export function featuresBy({ fromContext, fromFeatures, featureNames }: CompiledBlueprint): Decide {
  return (context, time = 0) => {
    const vector = fromContext(context);
    fromFeatures?.(vector, context, time);
    return Object.fromEntries(featureNames.map((name, at) => [name, vector[at]!]));
  };
}
