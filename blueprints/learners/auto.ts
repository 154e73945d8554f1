import type { LearnerKind } from "./learner-kind.ts";
import { monotoneLimits, monotoneParameter, type Directions } from "./monotone.ts";
import { numberParameter } from "./parameter.ts";

export interface AutoParameters {
  /** Fits that are tried, each of other parameters or of another learner. */
  readonly trials: number;
  /** Processor time after which no other trial begins; 0: all of them are made. */
  readonly cpuSeconds: number;
  /** As of xgboost. Learners that can't keep to it are not tried. */
  readonly monotone: Directions | "none";
}

declare module "../blueprint.ts" {
  interface LearnerParameters {
    auto: AutoParameters;
  }
}

/** A search among all learners and their parameters. */
export const auto: LearnerKind<"auto"> = {
  name: "auto",
  objectives: ["binary", "regression", "quantile", "multiclass"],
  limits: ({ monotone = "none" }) => (monotone === "none" ? undefined : monotoneLimits),
  parameters: {
    trials: numberParameter({ min: 1, max: 1000 }, 24, "whole"),
    cpuSeconds: numberParameter({ min: 0, max: 1e6 }, 0),
    monotone: { ...monotoneParameter, later: true },
  },
};
