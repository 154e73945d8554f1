import type { LearnerKind } from "./learner-kind.ts";
import { numberParameter } from "./parameter.ts";

/** Gradient-boosted trees. */
export const xgboost: LearnerKind<"xgboost"> = {
  name: "xgboost",
  objectives: ["binary", "regression"],
  parameters: {
    depth: numberParameter({ min: 1, max: 16 }, 4, "whole"),
    rounds: numberParameter({ min: 1, max: 10_000 }, 200, "whole"),
    learningRate: numberParameter({ min: 1e-4, max: 1 }, 0.1),
    minChildWeight: numberParameter({ min: 0, max: 1e9 }, 1),
    subsample: numberParameter({ min: 0.01, max: 1 }, 1),
    l2: numberParameter({ min: 0, max: 1e9 }, 1),
    maxBins: numberParameter({ min: 2, max: 65_535 }, 256, "whole"),
  },
};
