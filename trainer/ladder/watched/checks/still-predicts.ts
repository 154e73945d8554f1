import type { WatchCheck } from "../watch-check.ts";

/** The model gives a prediction for each decision for which the former one does. */
export const stillPredicts: WatchCheck = {
  name: "stillPredicts",
  worse: ({ failure, former }) =>
    failure === null
      ? undefined
      : `it can't predict decision ${failure.decisionId}, which ${former} can: ${failure.reason}`,
};
