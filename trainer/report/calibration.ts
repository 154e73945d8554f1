import type { CalibrationBin } from "../../schemas/index.ts";
import { weightedMean } from "../../statistics/index.ts";
import type { JudgedRows } from "./judged-rows.ts";

const BINS = 10;

/** Rows in bins by their predictions, each with as many rows: a good model predicts in each about what was observed. */
export function calibrationOf({ predictions, labels, weights }: JudgedRows): readonly CalibrationBin[] {
  const order = Array.from(predictions.keys()).sort((a, b) => predictions[a]! - predictions[b]! || a - b);
  const bins = Math.min(BINS, order.length);
  return Array.from({ length: bins }, (_, at) => {
    const some = order.slice(Math.round((at * order.length) / bins), Math.round(((at + 1) * order.length) / bins));
    return { rows: some.length, ...meansOf(some, { predictions, labels, weights }) };
  });
}

/** Of some rows; zeros where they weigh nothing. */
export function meansOf(
  rows: readonly number[],
  { predictions, labels, weights }: JudgedRows,
): { readonly predicted: number; readonly observed: number } {
  const pick = (values: Float32Array): Float32Array => Float32Array.from(rows, (row) => values[row]!);
  const own = weights && pick(weights);
  const mean = (values: Float32Array): number => weightedMean(pick(values), own) || 0;
  return { predicted: mean(predictions), observed: mean(labels) };
}
