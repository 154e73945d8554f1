import type { SequentialEstimator } from "../logged-episodes.ts";

/**
 * The direct method: the mean value of the first states by the model, such as fitted Q evaluation gives it. As good as the
 * model: where that is wrong it is biased, and its error does not say so.
 */
export const dm: SequentialEstimator = {
  name: "DM",
  modelled: true,
  terms: ({ starts, v, episodes }) => Float64Array.from({ length: episodes }, (_, episode) => v![starts[episode]!]!),
};
