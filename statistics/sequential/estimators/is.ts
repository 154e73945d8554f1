import { returnsOf, type SequentialEstimator } from "../logged-episodes.ts";

/**
 * Importance sampling: mean(ρ G), with G the return of an episode and ρ the weight of all its steps. Unbiased; its error
 * grows with the length of the episodes (Precup, Sutton and Singh 2000).
 */
export const is: SequentialEstimator = {
  name: "IS",
  modelled: false,
  terms(weighed) {
    const returns = returnsOf(weighed);
    return weighed.finals.map((weight, episode) => weight * returns[episode]!);
  },
};
