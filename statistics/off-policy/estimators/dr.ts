import { checkLogged, meanOf, type OffPolicyEstimator } from "../logged-rewards.ts";

/**
 * Doubly robust: mean(Σ_b π(b|x) q(x, b) + w (r − q(x, a))). Unbiased if the propensities are right, whatever the model
 * of the reward is; the better that is, the smaller the error (Dudík, Langford and Li 2011). The model is fitted on
 * other decisions than those that it is asked about (cross-fitting), or the error is too small.
 */
export const dr: OffPolicyEstimator = {
  name: "DR",
  estimate(logged) {
    checkLogged("DR", logged);
    const { weights, rewards, predicted, expected } = logged;
    return meanOf(expected.map((mean, row) => mean + weights[row]! * (rewards[row]! - predicted[row]!)));
  },
};
