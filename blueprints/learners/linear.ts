import type { LearnerKind } from "./learner-kind.ts";
import { numberParameter } from "./parameter.ts";

export interface LinearParameters {
  /** Lasso: coefficients that say little become 0. */
  readonly l1: number;
  /** Ridge: coefficients are drawn to 0. Both penalties stand beside the sum of the losses of all rows. */
  readonly l2: number;
  /** Straight pieces of the line of each number; 1: a straight line. */
  readonly bins: number;
}

declare module "../blueprint.ts" {
  interface LearnerParameters {
    linear: LinearParameters;
  }
}

/** A sum of a line for each number and a value for each category: logistic regression, or least squares. */
export const linear: LearnerKind<"linear"> = {
  name: "linear",
  objectives: ["binary", "regression"],
  unable: {
    multiclass: "its solver fits one sum a row, and classes need one each",
    quantile: "its solver steps by the curve of the loss, and the loss of a quantile has none",
  },
  parameters: {
    l1: numberParameter({ min: 0, max: 1e9 }, 0),
    l2: numberParameter({ min: 0, max: 1e9 }, 20),
    bins: numberParameter({ min: 1, max: 256 }, 32, "whole"),
  },
};
