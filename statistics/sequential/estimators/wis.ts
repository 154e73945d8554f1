import { returnsOf, type SequentialEstimator } from "../logged-episodes.ts";

/**
 * Weighted importance sampling: Σ ρ G / Σ ρ. It stays within the returns, and its bias falls with 1/n (Precup, Sutton and
 * Singh 2000). Without any weight it is 0.
 */
export const wis: SequentialEstimator = {
  name: "WIS",
  modelled: false,
  terms(weighed) {
    const { finals, episodes } = weighed;
    const returns = returnsOf(weighed);
    const mean = finals.reduce((sum, weight) => sum + weight, 0) / episodes;
    if (mean === 0) return new Float64Array(episodes);
    const value = finals.reduce((sum, weight, at) => sum + weight * returns[at]!, 0) / episodes / mean;
    return finals.map((weight, at) => value + (weight / mean) * (returns[at]! - value));
  },
};
