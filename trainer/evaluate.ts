import { quantileOf, type Metric, type Objective } from "../blueprints/index.ts";
import {
  accuracy,
  auc,
  brier,
  classLogLoss,
  hasBothClasses,
  logLoss,
  meanAbsoluteError,
  meanSquaredError,
  pinballLoss,
} from "../statistics/index.ts";

/**
 * Every metric that fits the labels, by name. `auc` is left out when only one class is there.
 *
 * @param predictions one a row; of `multiclass` rows × classes, whose labels are numbers of classes
 * @param weights one a row; absent: all rows count the same. Where no row has a weight above 0 there is no metric.
 */
export function evaluate(
  predictions: Float32Array,
  labels: Float32Array,
  objective: Objective,
  weights?: Float32Array,
): Readonly<Record<string, number>> {
  if (weights?.some((weight) => weight > 0) === false) return {};
  if (objective === "multiclass")
    return {
      mlogloss: classLogLoss(labels, predictions, weights),
      accuracy: accuracy(labels, predictions, weights),
    };
  const share = quantileOf(objective);
  if (share !== undefined) {
    const pinball = pinballLoss(labels, predictions, share, weights);
    return share === 0.5 ? { pinball, mae: meanAbsoluteError(labels, predictions, weights) } : { pinball };
  }
  if (objective === "regression") return { mse: meanSquaredError(labels, predictions, weights) };
  return {
    logLoss: logLoss(labels, predictions, weights),
    brier: brier(labels, predictions, weights),
    mse: meanSquaredError(labels, predictions, weights),
    ...(hasBothClasses(labels, weights) ? { auc: auc(labels, predictions, weights) } : {}),
  };
}

/** 1: the larger a metric is, the better; -1: the smaller. */
export const directionOf = (metric: Metric): 1 | -1 => (metric === "auc" || metric === "accuracy" ? 1 : -1);

/** Share of a metric: two models that differ by no more predict the same, and their figures were added in another order. */
const SAME = 1e-9;

/** Whether a metric's first value is better than its second. Equal is not better, and an unknown value never is. */
export function isBetter(metric: Metric, candidate: number | undefined, other: number | undefined): boolean {
  if (candidate === undefined) return false;
  if (other === undefined) return true;
  return directionOf(metric) * (candidate - other) > SAME * Math.abs(other);
}
