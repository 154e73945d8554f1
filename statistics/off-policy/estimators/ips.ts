import { checkLogged, meanOf, type OffPolicyEstimator } from "../logged-rewards.ts";

/**
 * Inverse propensity scoring: mean(w r). Unbiased if the target takes no action that the log could not have taken; its
 * error grows with the weights (Horvitz and Thompson 1952).
 */
export const ips: OffPolicyEstimator = {
  name: "IPS",
  estimate(logged) {
    checkLogged("IPS", logged);
    return meanOf(logged.weights.map((weight, row) => weight * logged.rewards[row]!));
  },
};
