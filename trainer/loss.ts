import type { Objective } from "../blueprints/index.ts";
import { logLoss, meanSquaredError, rowLogLoss } from "../statistics/index.ts";

/** The mean loss of predictions on the scale of the labels, by which models are fitted: the smaller the better. */
export function lossOf(
  objective: Objective,
  predictions: Float32Array,
  labels: Float32Array,
  weights?: Float32Array,
): number {
  return objective === "binary"
    ? logLoss(labels, predictions, weights)
    : meanSquaredError(labels, predictions, weights);
}

/** The loss of one row. */
export function rowLoss(objective: Objective, prediction: number, label: number): number {
  return objective === "binary" ? rowLogLoss(label, prediction) : (prediction - label) ** 2;
}

/** The same of margins: of a binary label they are log odds. */
export function lossOfMargins(
  objective: Objective,
  margins: Float32Array,
  labels: Float32Array,
  weights?: Float32Array,
): number {
  if (objective !== "binary") return meanSquaredError(labels, margins, weights);
  let [sum, total] = [0, 0];
  for (let row = 0; row < margins.length; row++) {
    const [margin, weight] = [margins[row]!, weights === undefined ? 1 : weights[row]!];
    // log(1 + e^m) - y m, without an overflow.
    sum += weight * (Math.max(margin, 0) + Math.log1p(Math.exp(-Math.abs(margin))) - labels[row]! * margin);
    total += weight;
  }
  return sum / total;
}
