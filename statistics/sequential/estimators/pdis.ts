import type { SequentialEstimator } from "../logged-episodes.ts";

/**
 * Per-decision importance sampling: mean(Σ γ^t ρ_t r_t). A reward is weighted by the steps until it alone: what comes
 * later can't have changed it (Precup, Sutton and Singh 2000). Unbiased.
 */
export const pdis: SequentialEstimator = {
  name: "PDIS",
  modelled: false,
  terms({ starts, rewards, weights, discount, episodes }) {
    return Float64Array.from({ length: episodes }, (_, episode) => {
      let [sum, factor] = [0, 1];
      for (let step = starts[episode]!; step < starts[episode + 1]!; step++) {
        sum += factor * weights[step]! * rewards[step]!;
        factor *= discount;
      }
      return sum;
    });
  },
};
