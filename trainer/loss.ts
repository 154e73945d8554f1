import { quantileOf, type Objective } from "../blueprints/index.ts";
import {
  logLoss,
  meanSquaredError,
  pinballLoss,
  rowLogLoss,
  rowPinballLoss,
  weightedMean,
  weightedQuantile,
} from "../statistics/index.ts";

/** The mean loss of predictions on the scale of the labels, by which models are fitted: the smaller the better. */
export function lossOf(
  objective: Objective,
  predictions: Float32Array,
  labels: Float32Array,
  weights?: Float32Array,
): number {
  if (objective === "binary") return logLoss(labels, predictions, weights);
  const share = quantileOf(objective);
  return share === undefined
    ? meanSquaredError(labels, predictions, weights)
    : pinballLoss(labels, predictions, share, weights);
}

/** The loss of one row. */
export function rowLoss(objective: Objective, prediction: number, label: number): number {
  if (objective === "binary") return rowLogLoss(label, prediction);
  const share = quantileOf(objective);
  return share === undefined ? (prediction - label) ** 2 : rowPinballLoss(label, prediction, share);
}

/** The same of margins: of a binary label they are log odds. */
export function lossOfMargins(
  objective: Objective,
  margins: Float32Array,
  labels: Float32Array,
  weights?: Float32Array,
): number {
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

/** The one prediction for all rows that has the least loss: the mean of the labels, or their quantile. */
export function bestConstant(objective: Objective, labels: Float32Array, weights?: Float32Array): number {
  const share = quantileOf(objective);
  return share === undefined ? weightedMean(labels, weights) : weightedQuantile(labels, weights, share);
}
