import type { Decision } from "../../client/index.ts";

export function decisionText({ value, payload, reason, decisionId, modelId, error }: Decision<unknown>): string {
  const by = modelId === null ? "" : `, model ${modelId}`;
  const settings = Object.entries(payload ?? {}).map(([name, setting]) => `  ${name}: ${String(setting)}`);
  return [`${String(value)}  (${reason}${by})  ${decisionId}`, ...settings, ...(error === null ? [] : [error])].join(
    "\n",
  );
}
