import type { Decision } from "../../client/index.ts";

/** A ranking has a line an option. */
export function decisionText(decision: Decision<unknown>): string {
  const { value, payload, ranking, reason, decisionId, modelId, error } = decision;
  const by = modelId === null ? "" : `, model ${modelId}`;
  const settings = Object.entries(payload ?? {}).map(([name, setting]) => `  ${name}: ${String(setting)}`);
  const order = (ranking ?? []).map((optionId, at) => `  ${at + 1}. ${optionId}`);
  const head = ranking === null ? String(value) : `${ranking.length} ranked`;
  const lines = [`${head}  (${reason}${by})  ${decisionId}`, ...order, ...settings];
  return [...lines, ...(error === null ? [] : [error])].join("\n");
}
