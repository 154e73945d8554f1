import { optionVector, type FeatureVector, type PolicyTrace } from "../blueprints/index.ts";
import { ownValue } from "../streams/index.ts";
import type { Recomputed } from "./recompute.ts";

interface Again<T> {
  readonly name: string;
  readonly logged: T | null;
  /** Null: without such an option in the request, too. */
  readonly recomputed: T | null;
}

/** An option of a decision's record. */
export interface ExplainedOption {
  readonly optionId: string;
  /** From 1; null: it was not shown. */
  readonly position: number | null;
  readonly score: number | null;
  /** Probability with which it is on the record. */
  readonly sampled: number;
  /** Those that are of the option. */
  readonly features: readonly Again<number | string>[];
  readonly predictions: readonly Again<number>[];
}

export function explainedOptions({
  logged,
  compiled,
  options,
  optionPredictions,
}: Recomputed): readonly ExplainedOption[] {
  const { slots } = compiled.options ?? { slots: [] };
  const at = new Map(options.map(({ optionId }, index) => [optionId, index]));
  return logged.decision.options.map(({ optionId, position, score, sampled, features, predictions }) => {
    const index = at.get(optionId);
    const again = index === undefined ? undefined : options[index];
    const own = (index === undefined ? undefined : optionPredictions[index]) ?? {};
    return {
      ...{ optionId, position, score, sampled },
      features: slots.map((slot, place) => ({
        name: compiled.featureNames[slot]!,
        logged: features[place] ?? null,
        recomputed: again?.features[place] ?? null,
      })),
      predictions: Object.keys(predictions).map((name) => ({
        ...{ name, logged: predictions[name]!, recomputed: ownValue(own, name) ?? null },
      })),
    };
  });
}

/** The policy, step by step; of options that of the first one on the record. */
export function policyTrace({ logged, compiled }: Recomputed): readonly PolicyTrace[] {
  const { features, predictions, parameters, options } = logged.decision;
  const vector = [...features] as FeatureVector;
  const [first] = options;
  if (compiled.options === null) return compiled.policy.trace(vector, predictions, parameters);
  if (first === undefined) return [];
  return compiled.policy.trace(optionVector(vector, first.features, compiled.options), first.predictions, parameters);
}
