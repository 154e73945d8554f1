import type { Objective } from "../../blueprints/index.ts";
import { standardErrorOfMean } from "../../statistics/index.ts";
import { lossOf, rowLoss } from "../loss.ts";
import type { Fold } from "./folds.ts";

/** The rows that judge the trials of a search, fold after fold. */
export interface Judges {
  readonly objective: Objective;
  readonly folds: readonly Fold[];
  readonly labels: Float32Array;
  readonly weights: Float32Array | undefined;
}

export function judgesOf(folds: readonly Fold[], objective: Objective): Judges {
  const weights = folds.flatMap(({ judge }) => judge.weights ?? []);
  return {
    objective,
    folds,
    labels: joined(folds.map(({ judge }) => judge.labels[0]!)),
    weights: weights.length === 0 ? undefined : joined(weights),
  };
}

/** The mean loss of predictions. */
export const judgedLoss = ({ objective, labels, weights }: Judges, predictions: Float32Array): number =>
  lossOf(objective, predictions, labels, weights);

/** Standard error of the difference between the mean losses of two lists of predictions. */
export function differenceError({ objective, labels, weights }: Judges, a: Float32Array, b: Float32Array): number {
  const differences = Float64Array.from(
    labels,
    (label, row) => rowLoss(objective, a[row]!, label) - rowLoss(objective, b[row]!, label),
  );
  return standardErrorOfMean(differences, weights);
}

/** Lists one behind the other. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
