import type { LadderCheck, LadderEvidence, LadderVerdict } from "../ladder-check.ts";

/** The model gives a prediction for every decision. One without would be the product's default. */
export const predicts = {
  name: "predicts",
  verdict({ trial, failure }: Pick<LadderEvidence, "trial" | "failure">): LadderVerdict | undefined {
    const failed = trial.failure ?? failure;
    if (failed === null) return undefined;
    return { kind: "fail", reason: `it can't predict decision ${failed.decisionId}: ${failed.reason}` };
  },
} satisfies LadderCheck;
