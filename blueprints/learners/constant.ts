import type { LearnerKind } from "./learner-kind.ts";

/** The mean of the label, for every decision. */
export const constant: LearnerKind<"constant"> = {
  name: "constant",
  objectives: ["binary", "regression"],
  parameters: {},
};
