import type { CalibrationBin } from "../../schemas/index.ts";
import { weightedMean } from "../../statistics/index.ts";
import { bestConstant } from "../loss.ts";
import type { JudgedRows } from "./judged-rows.ts";

const BINS = 10;

/** Rows in bins by their predictions, each with as many rows: a good model predicts in each about what was observed. */
export function calibrationOf(judged: JudgedRows): readonly CalibrationBin[] {
  const { predictions } = judged;
  const order = Array.from(predictions.keys()).sort((a, b) => predictions[a]! - predictions[b]! || a - b);
  const bins = Math.min(BINS, order.length);
  return Array.from({ length: bins }, (_, at) => {
    const some = order.slice(Math.round((at * order.length) / bins), Math.round(((at + 1) * order.length) / bins));
    return { rows: some.length, ...meansOf(some, judged) };
  });
}

/** Of some rows: the mean prediction, and the mean of the labels or their quantile. Zeros where they weigh nothing. */
export function meansOf(
  rows: readonly number[],
  { predictions, labels, weights, objective }: JudgedRows,
): { readonly predicted: number; readonly observed: number } {
  const pick = (values: Float32Array): Float32Array => Float32Array.from(rows, (row) => values[row]!);
  const own = weights && pick(weights);
  return {
    predicted: weightedMean(pick(predictions), own) || 0,
    observed: bestConstant(objective, pick(labels), own) || 0,
  };
}
