import type { Metric } from "../../blueprints/index.ts";
import type { TrainingRow } from "../../schemas/index.ts";
import {
  aucInfluences,
  confidenceSequence,
  hasBothClasses,
  likeliestClass,
  meanInfluences,
} from "../../statistics/index.ts";
import { classNumbers, rowMajor } from "../classes.ts";
import type { PredictedLabel } from "../learnt-labels.ts";
import { directionOf } from "../evaluate.ts";
import { rowLosses } from "../loss.ts";

/** By how much one model is better than another one on the same rows, in the metric's unit. */
export interface Gain {
  readonly mean: number;
  /** Bounds that hold however often one looks (`confidenceSequence`). */
  readonly low: number;
  readonly high: number;
  /** What was compared, pair by pair: the options of a decision are one, or where it was asked for all rows of a unit. */
  readonly decisions: number;
}

/** Fewer pairs prove nothing: the bounds of a gain are those of many. */
export const LEAST_DECISIONS = 30;

/** A label, or all classes of one together, as two models predict it for the same rows. */
export type ComparedLabel = Pick<PredictedLabel, "label" | "labels" | "weights"> & {
  readonly ours: Float32Array;
  readonly theirs: Float32Array;
};

/** Rows that are not independent of each other have the same. */
export type GroupOf = (row: TrainingRow) => string;

const decisionOf: GroupOf = (row) => `${String(row["decisionTime"])} ${String(row["decisionId"])}`;

/**
 * The paired gain of our predictions over theirs.
 *
 * @param rows in the order of the labels
 * @param groupOf what is learnt of the options of one decision is not independent; absent: nothing else is so
 * @returns `undefined`: the metric is undefined on these rows, as `auc` is where one class is missing
 */
export function pairedGain(
  metric: Metric,
  unit: readonly ComparedLabel[],
  rows: readonly TrainingRow[],
  groupOf: GroupOf = decisionOf,
): Gain | undefined {
  const weights = unit[0]!.weights;
  if (rows.length === 0 || weights?.some((weight) => weight > 0) === false) return undefined;
  const ours = influencesOf(metric, unit, ({ ours: predictions }) => predictions);
  const theirs = influencesOf(metric, unit, ({ theirs: predictions }) => predictions);
  if (ours === undefined || theirs === undefined) return undefined;
  const sign = directionOf(metric);
  const all = byGroup(
    ours.map((one, row) => sign * (one - theirs[row]!)),
    rows,
    groupOf,
  );
  const mean = meanOf(all);
  const variance = meanOf(all.map((one) => (one - mean) ** 2));
  const [low, high] = confidenceSequence(mean, variance, all.length);
  return { mean, low, high, decisions: all.length };
}

const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function influencesOf(
  metric: Metric,
  unit: readonly ComparedLabel[],
  predictionsOf: (one: ComparedLabel) => Float32Array,
): Float64Array | undefined {
  const [{ labels, weights }] = unit as readonly [ComparedLabel];
  const predictions = predictionsOf(unit[0]!);
  if (metric === "auc") {
    return hasBothClasses(labels, weights) ? aucInfluences(labels, predictions, weights) : undefined;
  }
  return meanInfluences(termsOf(metric, unit, predictionsOf), weights);
}

/** Of each row the term of the metric's mean. */
function termsOf(
  metric: Exclude<Metric, "auc">,
  unit: readonly ComparedLabel[],
  predictionsOf: (one: ComparedLabel) => Float32Array,
): Float64Array {
  const [{ label, labels }] = unit as readonly [ComparedLabel];
  const predictions = predictionsOf(unit[0]!);
  switch (metric) {
    case "logLoss":
      return rowLosses("binary", predictions, labels);
    case "brier":
    case "mse":
      return rowLosses("regression", predictions, labels);
    case "pinball":
      return rowLosses(label.objective, predictions, labels);
    case "mae":
      return Float64Array.from(labels, (value, row) => Math.abs(value - predictions[row]!));
    case "mlogloss":
    case "accuracy": {
      const probabilities = rowMajor(unit.map(predictionsOf));
      const classes = classNumbers(unit.map((one) => one.labels));
      if (metric === "mlogloss") return rowLosses("multiclass", probabilities, classes);
      return Float64Array.from(classes, (value, row) =>
        likeliestClass(probabilities, row, unit.length) === value ? 1 : 0,
      );
    }
  }
}

/** One number a group, with the same mean: its rows are not independent of each other. */
function byGroup(values: Float64Array, rows: readonly TrainingRow[], groupOf: GroupOf): Float64Array {
  const numbers = new Map<string, number>();
  const numberOf = rows.map((row) => {
    const key = groupOf(row);
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  });
  if (numbers.size === values.length) return values;
  const mean = meanOf(values);
  const sums = new Float64Array(numbers.size).fill(mean);
  const scale = numbers.size / values.length;
  for (const [row, value] of values.entries()) sums[numberOf[row]!]! += scale * (value - mean);
  return sums;
}
