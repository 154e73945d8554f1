import type { LearnerKind } from "./learner-kind.ts";

/** None: it has nothing to be set. */
export type ConstantParameters = Readonly<Record<never, never>>;

declare module "../blueprint.ts" {
  interface LearnerParameters {
    constant: ConstantParameters;
  }
}

/** The mean of the label, or its quantile, for every decision. */
export const constant: LearnerKind<"constant"> = {
  name: "constant",
  objectives: ["binary", "regression", "quantile", "multiclass"],
  parameters: {},
};
