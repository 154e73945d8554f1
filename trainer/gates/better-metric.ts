import { LEAST_DECISIONS } from "../evidence/paired-gain.ts";
import { isBetter } from "../evaluate.ts";
import { verdictFigure as figure } from "../figure-text.ts";
import type { CheckVerdict, Evidence, GateCheck, Rival } from "./gate-check.ts";

const DAY = 24 * 3_600_000;

/**
 * By the blueprint's metric the candidate is proved better than the model in production; or it is proved to be no worse
 * than the tolerance, and that model's rows are so old that fresh ones count more. Without a model in production it beats a
 * constant.
 */
export const betterMetric: GateCheck = {
  name: "betterMetric",
  verdict(evidence) {
    const { rival, inProduction, holdoutRows, holdoutWeight } = evidence;
    if (holdoutRows === 0 || holdoutWeight === 0) return undefined;
    if (inProduction === undefined) return againstConstant(evidence);
    return inProduction === rival?.modelId ? againstModel(evidence, rival) : undefined;
  },
};

function againstConstant(evidence: Evidence): CheckVerdict {
  const { metric, candidate, constant } = evidence;
  const other = constant()[metric];
  const passed = isBetter(metric, candidate[metric], other);
  const head = passed ? "better than a constant" : "refused: not better than a constant";
  return { passed, reason: `${head}: ${figures(evidence, "a constant", other)}` };
}

function againstModel(evidence: Evidence, rival: Rival): CheckVerdict {
  const { metric, rule } = evidence;
  const { modelId, gain, newerByMs } = rival;
  const other = rival.metrics[metric];
  const shown = figures(evidence, modelId, other);
  if (gain === undefined || other === undefined)
    return { passed: false, reason: `refused: not better than ${modelId}: ${shown}` };
  const said = `${shown}; the gain lies between ${figure(gain.low)} and ${figure(gain.high)}`;
  if (gain.decisions < LEAST_DECISIONS) {
    const few = `${gain.decisions} of the ${LEAST_DECISIONS} decisions that are needed to compare it with ${modelId}`;
    return { passed: false, reason: `refused: ${few}: ${shown}` };
  }
  if (gain.low > 0) return { passed: true, reason: `better than ${modelId}: ${said}` };
  const tolerated = rule.tolerance * Math.abs(other);
  if (gain.low > -tolerated && rule.refreshAfterMs !== null && newerByMs >= rule.refreshAfterMs) {
    const newer = `no worse than ${modelId} by ${figure(tolerated)}, and ${(newerByMs / DAY).toFixed(1)} days newer`;
    return { passed: true, reason: `${newer}: ${said}` };
  }
  const how = gain.mean > 0 ? "not proved better than" : "not better than";
  return { passed: false, reason: `refused: ${how} ${modelId}: ${said}` };
}

function figures({ metric, candidate, holdoutRows, holdoutWeight }: Evidence, name: string, other?: number): string {
  const by = holdoutWeight === undefined ? "" : " by their weights";
  return `${metric} ${figure(candidate[metric])}, ${name} ${figure(other)}, on the newest ${holdoutRows} rows${by}`;
}
