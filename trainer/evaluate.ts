import type { Metric } from "../blueprints/index.ts";
import { auc, brier, logLoss, meanSquaredError } from "../statistics/index.ts";

/** Every metric that fits the labels, by name. `auc` is left out when only one class is there. */
export function evaluate(
  predictions: Float32Array,
  labels: Float32Array,
  objective: "binary" | "regression",
): Readonly<Record<string, number>> {
  if (objective === "regression") return { mse: meanSquaredError(labels, predictions) };
  const both = labels.includes(0) && labels.includes(1);
  return {
    logLoss: logLoss(labels, predictions),
    brier: brier(labels, predictions),
    mse: meanSquaredError(labels, predictions),
    ...(both ? { auc: auc(labels, predictions) } : {}),
  };
}

/** Share of a metric: two models that differ by no more predict the same, and their figures were added in another order. */
const SAME = 1e-9;

/** Whether a metric's first value is better than its second. Equal is not better, and an unknown value never is. */
export function isBetter(metric: Metric, candidate: number | undefined, other: number | undefined): boolean {
  if (candidate === undefined) return false;
  if (other === undefined) return true;
  const gain = metric === "auc" ? candidate - other : other - candidate;
  return gain > SAME * Math.abs(other);
}
