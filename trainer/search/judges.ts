import type { Objective } from "../../blueprints/index.ts";
import { standardErrorOfMean } from "../../statistics/index.ts";
import type { FitTask } from "../learners/only-label.ts";
import { lossOf, rowLosses } from "../loss.ts";
import type { Fold } from "./folds.ts";

/** The rows that judge the trials of a search, fold after fold. */
export interface Judges {
  readonly objective: Objective;
  /** Names of the outputs that are judged: one, or one a class. */
  readonly outputs: readonly string[];
  readonly folds: readonly Fold[];
  /** Of classes their numbers. */
  readonly labels: Float32Array;
  readonly weights: Float32Array | undefined;
}

export function judgesOf(folds: readonly Fold[], { objective, outputs, valuesOf }: Omit<FitTask, "values">): Judges {
  const weights = folds.flatMap(({ judge }) => judge.weights ?? []);
  return {
    objective,
    outputs,
    folds,
    labels: joined(folds.map(({ judge }) => valuesOf(judge.labels))),
    weights: weights.length === 0 ? undefined : joined(weights),
  };
}

/** The mean loss of predictions. */
export const judgedLoss = ({ objective, labels, weights }: Judges, predictions: Float32Array): number =>
  lossOf(objective, predictions, labels, weights);

/** Standard error of the difference between the mean losses of two lists of predictions. */
export function differenceError({ objective, labels, weights }: Judges, a: Float32Array, b: Float32Array): number {
  const [first, second] = [rowLosses(objective, a, labels), rowLosses(objective, b, labels)];
  const differences = first.map((loss, row) => loss - second[row]!);
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
