import { checkLogged, meanOf, sum, type OffPolicyEstimator } from "../logged-rewards.ts";

/**
 * Self-normalised inverse propensity scoring: Σ w r / Σ w. It stays within the range of the rewards, and a constant
 * added to all of them is added to it; its bias falls with 1/n (Swaminathan and Joachims 2015). The error is that of
 * the terms w (r − value) / mean(w), by the delta method.
 */
export const snips: OffPolicyEstimator = {
  name: "SNIPS",
  estimate(logged) {
    checkLogged("SNIPS", logged);
    const { weights, rewards } = logged;
    const total = sum(weights);
    if (total === 0) throw new RangeError("SNIPS: all weights are 0: the target takes none of the logged actions");
    const value = sum(weights.map((weight, row) => weight * rewards[row]!)) / total;
    const mean = total / weights.length;
    const { standardError } = meanOf(weights.map((weight, row) => (weight * (rewards[row]! - value)) / mean));
    return { value, standardError };
  },
};
