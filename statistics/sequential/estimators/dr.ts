import type { SequentialEstimator } from "../logged-episodes.ts";

/**
 * Doubly robust: mean(Σ γ^t (ρ_t (r_t − q_t) + ρ_{t−1} v_t)). Unbiased if the propensities are right, whatever the model is;
 * the better that is, the smaller the error (Jiang and Li 2016).
 */
export const dr: SequentialEstimator = {
  name: "DR",
  modelled: true,
  terms({ starts, rewards, weights, q, v, discount, episodes }) {
    return Float64Array.from({ length: episodes }, (_, episode) => {
      let [sum, factor, before] = [0, 1, 1];
      for (let step = starts[episode]!; step < starts[episode + 1]!; step++) {
        sum += factor * (weights[step]! * (rewards[step]! - q![step]!) + before * v![step]!);
        before = weights[step]!;
        factor *= discount;
      }
      return sum;
    });
  },
};
