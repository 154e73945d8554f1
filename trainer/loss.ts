import { quantileOf, type Objective } from "../blueprints/index.ts";
import {
  classLogLoss,
  clipped,
  logLoss,
  meanSquaredError,
  pinballLoss,
  rowLogLoss,
  rowPinballLoss,
  weightedMean,
  weightedQuantile,
} from "../statistics/index.ts";

/**
 * The mean loss of predictions on the scale of the labels, by which models are fitted: the smaller the better. Of
 * `multiclass` predictions are rows × classes, and labels numbers of classes.
 */
export function lossOf(
  objective: Objective,
  predictions: Float32Array,
  labels: Float32Array,
  weights?: Float32Array,
): number {
  if (objective === "binary") return logLoss(labels, predictions, weights);
  if (objective === "multiclass") return classLogLoss(labels, predictions, weights);
  const share = quantileOf(objective);
  return share === undefined
    ? meanSquaredError(labels, predictions, weights)
    : pinballLoss(labels, predictions, share, weights);
}

/** The loss of each row. */
export function rowLosses(objective: Objective, predictions: Float32Array, labels: Float32Array): Float64Array {
  const share = quantileOf(objective);
  const classes = predictions.length / labels.length;
  const one = (label: number, row: number): number => {
    if (objective === "multiclass") return -Math.log(clipped(predictions[row * classes + label]!));
    const prediction = predictions[row]!;
    if (objective === "binary") return rowLogLoss(label, prediction);
    return share === undefined ? (prediction - label) ** 2 : rowPinballLoss(label, prediction, share);
  };
  return Float64Array.from(labels, one);
}

/** The same of margins: of a binary label they are log odds. */
export function lossOfMargins(
  objective: Objective,
  margins: Float32Array,
  labels: Float32Array,
  weights?: Float32Array,
): number {
  if (objective === "multiclass")
    return lossOf(objective, softmax(margins, margins.length / labels.length), labels, weights);
  if (objective !== "binary") return lossOf(objective, margins, labels, weights);
  let [sum, total] = [0, 0];
  for (let row = 0; row < margins.length; row++) {
    const [margin, weight] = [margins[row]!, weights === undefined ? 1 : weights[row]!];
    // log(1 + e^m) - y m, without an overflow.
    sum += weight * (Math.max(margin, 0) + Math.log1p(Math.exp(-Math.abs(margin))) - labels[row]! * margin);
    total += weight;
  }
  return sum / total;
}

/** Margins of classes as probabilities. @param margins rows × classes */
export function softmax(margins: Float32Array, classes: number): Float32Array {
  const all = new Float32Array(margins.length);
  for (let start = 0; start < margins.length; start += classes) {
    const row = margins.subarray(start, start + classes);
    const most = row.reduce((a, b) => Math.max(a, b));
    const sum = row.reduce((total, margin) => total + Math.exp(margin - most), 0);
    for (const [at, margin] of row.entries()) all[start + at] = Math.exp(margin - most) / sum;
  }
  return all;
}

/** The prediction that has the least loss of all rows: the mean of the labels, or their quantile. */
export function bestConstant(objective: Objective, labels: Float32Array, weights?: Float32Array): number {
  const share = quantileOf(objective);
  return share === undefined ? weightedMean(labels, weights) : weightedQuantile(labels, weights, share);
}

/** The same of a label, or of all of its classes: their shares. @param labels of each class, 0 or 1 */
export const bestConstants = (
  objective: Objective,
  labels: readonly Float32Array[],
  weights?: Float32Array,
): readonly number[] => labels.map((values) => bestConstant(objective, values, weights));
