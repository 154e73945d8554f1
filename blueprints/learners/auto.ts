import type { LearnerKind } from "./learner-kind.ts";
import { numberParameter } from "./parameter.ts";

/** A search among all learners and their parameters. */
export const auto: LearnerKind<"auto"> = {
  name: "auto",
  objectives: ["binary", "regression"],
  parameters: {
    trials: numberParameter({ min: 1, max: 1000 }, 24, "whole"),
    cpuSeconds: numberParameter({ min: 0, max: 1e6 }, 0),
  },
};
