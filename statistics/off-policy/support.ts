import { checkWeights, sum } from "./logged-rewards.ts";

/** How much logged decisions say about a target policy. */
export interface Support {
  readonly decisions: number;
  /** (Σ w)² / Σ w² (Kish 1965): so many decisions of the target itself say about as much. 0: all weights are 0. */
  readonly effectiveDecisions: number;
  /** About 1 if the propensities are right and the log could have taken every action of the target. */
  readonly meanWeight: number;
  readonly largestWeight: number;
  /** Share of the decisions whose logged action the target can't take. */
  readonly notTaken: number;
}

/**
 * @param weights w = π(a|x) / μ(a|x) of each decision
 * @throws RangeError for a weight below 0 or not finite
 */
export function supportOf(weights: Float64Array): Support {
  checkWeights("supportOf", weights);
  const decisions = weights.length;
  const total = sum(weights);
  const squares = sum(weights.map((weight) => weight * weight));
  return {
    decisions,
    effectiveDecisions: total === 0 ? 0 : total ** 2 / squares,
    meanWeight: decisions === 0 ? 0 : total / decisions,
    largestWeight: weights.reduce((largest, weight) => Math.max(largest, weight), 0),
    notTaken: decisions === 0 ? 0 : weights.reduce((count, weight) => count + Number(weight === 0), 0) / decisions,
  };
}
