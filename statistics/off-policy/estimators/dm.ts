import { checkLogged, meanOf, type OffPolicyEstimator } from "../logged-rewards.ts";

/**
 * The direct method: mean(Σ_b π(b|x) q(x, b)). As good as the model of the reward: where that is wrong it is biased,
 * and its error does not say so, since it tells only how the decisions differ.
 */
export const dm: OffPolicyEstimator = {
  name: "DM",
  estimate(logged) {
    checkLogged("DM", logged);
    return meanOf(logged.expected);
  },
};
