import { isBetter } from "../evaluate.ts";
import type { GateCheck } from "./gate-check.ts";

/** By the blueprint's metric the candidate beats the model in production, or without one a constant. */
export const betterMetric: GateCheck = {
  name: "betterMetric",
  verdict({ metric, candidate, constant, rival, inProduction, holdoutRows, holdoutWeight }) {
    if (holdoutRows === 0 || holdoutWeight === 0) return undefined;
    if (inProduction !== undefined && inProduction !== rival?.modelId) return undefined;
    const other =
      rival === undefined || inProduction === undefined ? { modelId: "a constant", metrics: constant() } : rival;
    const passed = isBetter(metric, candidate[metric], other.metrics[metric]);
    const figures = `${metric} ${figure(candidate[metric])}, ${other.modelId} ${figure(other.metrics[metric])}, on the newest ${holdoutRows} rows${holdoutWeight === undefined ? "" : " by their weights"}`;
    return { passed, reason: `${passed ? "better than" : "refused: not better than"} ${other.modelId}: ${figures}` };
  },
};

const figure = (value: number | undefined): string => (value === undefined ? "unknown" : value.toFixed(5));
