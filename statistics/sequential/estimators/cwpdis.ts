import type { SequentialEstimator } from "../logged-episodes.ts";
import { weightedSteps } from "../weighted-steps.ts";

/**
 * Consistent weighted per-decision importance sampling: Σ γ^t Σ ρ_t r_t / Σ ρ_t, with the sums over all episodes (Thomas
 * 2015). One that has ended keeps its weight and has no reward.
 */
export const cwpdis: SequentialEstimator = {
  name: "CWPDIS",
  modelled: false,
  terms: (weighed) => weightedSteps(weighed, weighed.rewards, undefined, [weighed.horizon - 1])[0]!.terms,
};
