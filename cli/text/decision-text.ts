import type { Decision } from "../../client/index.ts";

export function decisionText({ value, reason, decisionId, modelId, error }: Decision<unknown>): string {
  const by = modelId === null ? "" : `, model ${modelId}`;
  return [`${String(value)}  (${reason}${by})  ${decisionId}`, ...(error === null ? [] : [error])].join("\n");
}
