import type { BlueprintEstimate } from "../../loop/index.ts";
import { evaluationText } from "./evaluation-text.ts";

/** An estimate for people: the evaluation, the model that decided, and the features that it had to do without. */
export function estimateText(estimate: BlueprintEstimate): string {
  const { model, missing } = estimate;
  const how = model.trained ? "trained for this from the decisions before" : "its own at the time";
  return [
    evaluationText(estimate),
    `model ${model.modelId}, ${how}: ${model.reason}`,
    ...missing.map((line) => `missing: ${line}`),
  ].join("\n");
}
