import type { SequentialEstimator } from "../logged-episodes.ts";
import { weightedSteps } from "../weighted-steps.ts";

/** Weighted doubly robust: DR with the weights of each time divided by their mean (Thomas and Brunskill 2016). */
export const wdr: SequentialEstimator = {
  name: "WDR",
  modelled: true,
  terms(weighed) {
    const { rewards, q, v, horizon } = weighed;
    const residuals = rewards.map((reward, step) => reward - q![step]!);
    return weightedSteps(weighed, residuals, v, [horizon - 1])[0]!.terms;
  },
};
