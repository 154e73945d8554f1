import type { LearnerKind, LearnerLimits } from "./learner-kind.ts";
import { linear } from "./linear.ts";
import { monotoneLimits, monotoneParameter, type Directions } from "./monotone.ts";
import { choiceParameter, numberParameter } from "./parameter.ts";

export interface XgboostParameters {
  /** Most splits between a tree's root and a leaf. */
  readonly depth: number;
  /** Trees. */
  readonly rounds: number;
  /** Share of each tree's correction that is kept. */
  readonly learningRate: number;
  /** Least sum of second derivatives (regression: of weights) in a leaf. */
  readonly minChildWeight: number;
  /** Share of the rows each tree sees, drawn anew. */
  readonly subsample: number;
  /** Share of the columns each tree sees, drawn anew. */
  readonly colsample: number;
  /** Pull of leaf values towards 0. */
  readonly l2: number;
  /** Most candidate thresholds a column. */
  readonly maxBins: number;
  /** What the trees start from: the mean of the label, or the sum of lines that learner linear fits to the same rows. */
  readonly margin: "none" | "linear";
  /** Straight pieces of each number's line in that sum. */
  readonly marginBins: number;
  /** Pull of that sum's coefficients towards 0. */
  readonly marginL2: number;
  /** By features: predictions never fall, or never rise, as the number grows. */
  readonly monotone: Directions | "none";
}

declare module "../blueprint.ts" {
  interface LearnerParameters {
    xgboost: XgboostParameters;
  }
}

const onLines: LearnerLimits = {
  objectives: linear.objectives,
  unable: {
    multiclass: "its margin linear is one sum a row, and classes need one each: leave model.margin out",
    quantile:
      "its margin linear is learnt by the curve of the loss, and the loss of a quantile has none: leave model.margin out",
  },
};

/** Gradient-boosted trees. */
export const xgboost: LearnerKind<"xgboost"> = {
  name: "xgboost",
  objectives: ["binary", "regression", "quantile", "multiclass"],
  limits: ({ margin, monotone = "none" }) =>
    margin === "linear" ? onLines : monotone === "none" ? undefined : monotoneLimits,
  clash: ({ margin, monotone = "none" }) =>
    margin === "linear" && monotone !== "none"
      ? {
          parameter: "monotone",
          what: "the lines of margin linear keep to no direction",
          hint: "leave model.margin out, or monotone",
        }
      : undefined,
  parameters: {
    depth: numberParameter({ min: 1, max: 16 }, 4, "whole"),
    rounds: numberParameter({ min: 1, max: 10_000 }, 200, "whole"),
    learningRate: numberParameter({ min: 1e-4, max: 1 }, 0.1),
    minChildWeight: numberParameter({ min: 0, max: 1e9 }, 1),
    subsample: numberParameter({ min: 0.01, max: 1 }, 1),
    /** Not drawn as native XGBoost draws it, but evenly too, and the same on every machine. */
    colsample: { ...numberParameter({ min: 0.01, max: 1 }, 1), later: true },
    l2: numberParameter({ min: 0, max: 1e9 }, 1),
    maxBins: numberParameter({ min: 2, max: 65_535 }, 256, "whole"),
    margin: { ...choiceParameter(["none", "linear"], "none"), later: true },
    /** The trees bend it. */
    marginBins: { ...numberParameter({ min: 1, max: 256 }, 1, "whole"), later: true },
    marginL2: { ...linear.parameters.l2, later: true },
    monotone: { ...monotoneParameter, later: true },
  },
};
