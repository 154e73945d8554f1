import type { FitInput, FitValidation } from "../learners/learner.ts";

/** Rows of a fit, from the oldest to the newest. */
export type FitRows = FitValidation;

/** Older rows to fit a trial on, and the newer ones next to them, which judge it. */
export interface Fold {
  readonly train: FitRows;
  readonly judge: FitRows;
}

/** Fewer rows are judged in several folds: one would be so small that luck decides. */
const FEW = 10_000;

/** The ends of the rows that are trained on, as shares; the next one ends those that judge. */
const ONE: readonly number[] = [0.85, 1];
const SEVERAL: readonly number[] = [0.4, 0.55, 0.7, 0.85, 1];

/** Splits by time alone: a trial never sees a row that is newer than those that judge it. At least one fold, if there are two rows. */
export function foldsOf(input: FitInput): readonly Fold[] {
  const shares = input.rows < FEW ? SEVERAL : ONE;
  const ends = shares.map((share) => Math.round(share * input.rows));
  return ends.slice(1).flatMap((end, at) => {
    const start = Math.max(1, ends[at]!);
    const fold = { train: part(input, 0, start), judge: part(input, start, end) };
    return counts(fold.train) && counts(fold.judge) ? [fold] : [];
  });
}

/** Whether there is a row that counts. */
const counts = ({ rows, weights }: FitRows): boolean => rows > 0 && weights?.every((weight) => weight === 0) !== true;

/** All rows of a fit. */
export const allRows = (input: FitInput): FitRows => part(input, 0, input.rows);

/** The rows of a fit from one on, up to, and without, another. */
export function part({ features, columns, labels, weights }: FitInput, from: number, to: number): FitRows {
  return {
    features: features.subarray(from * columns, to * columns),
    rows: to - from,
    labels: labels.map(({ values }) => values.subarray(from, to)),
    weights: weights?.subarray(from, to),
  };
}

/** Every so many rows, the last one among them. */
export function everyNth({ features, rows, labels, weights }: FitRows, columns: number, every: number): FitRows {
  const kept = Math.ceil(rows / every);
  const place = (at: number): number => rows - 1 - (kept - 1 - at) * every;
  const some = new Float32Array(kept * columns);
  for (let at = 0; at < kept; at++) {
    some.set(features.subarray(place(at) * columns, (place(at) + 1) * columns), at * columns);
  }
  const pick = (values: Float32Array): Float32Array =>
    Float32Array.from({ length: kept }, (_, at) => values[place(at)]!);
  return { features: some, rows: kept, labels: labels.map(pick), weights: weights && pick(weights) };
}

/** Without some columns: they are missing in every row. */
export function without(rows: FitRows, columns: number, dropped: readonly number[]): FitRows {
  if (dropped.length === 0) return rows;
  const features = rows.features.slice();
  for (let at = 0; at < features.length; at += columns)
    for (const column of dropped) features[at + column] = Number.NaN;
  return { ...rows, features };
}
