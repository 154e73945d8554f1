import type { TrainingMatrix } from "../../rows/index.ts";
import { populationStability } from "../../statistics/index.ts";
import type { FitColumn } from "../learners/learner.ts";

/** How far the rows that judge lie from those that were learnt from (`populationStability`). */
export interface Drift {
  /** Of each column. */
  readonly columns: readonly number[];
  /** Of the model's predictions of both. */
  readonly predictions: number;
}

/** Rows of either side that are looked at, here and there among all. */
const MOST_ROWS = 5_000;

/** At most so many rows, evenly spaced. */
export function thinned({ features, labels, rows, columns }: TrainingMatrix): TrainingMatrix {
  const count = Math.min(rows, MOST_ROWS);
  const places = Uint32Array.from({ length: count }, (_, at) => Math.floor((at * rows) / count));
  const some = new Float32Array(count * columns);
  for (const [at, row] of places.entries())
    some.set(features.subarray(row * columns, (row + 1) * columns), at * columns);
  return { features: some, labels: Float32Array.from(places, (row) => labels[row]!), rows: count, columns };
}

/** @param former the rows that were learnt from, thinned, as are the newer ones */
export const columnDrift = (
  former: TrainingMatrix,
  newer: TrainingMatrix,
  inputs: readonly FitColumn[] = [],
): readonly number[] =>
  Array.from({ length: former.columns }, (_, column) =>
    populationStability(columnOf(former, column), columnOf(newer, column), inputs[column]?.categories !== undefined),
  );

const columnOf = ({ features, rows, columns }: TrainingMatrix, column: number): Float32Array =>
  Float32Array.from({ length: rows }, (_, row) => features[row * columns + column]!);
