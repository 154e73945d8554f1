import type { FeatureColumn, FeatureVector, RowWeight } from "../blueprints/index.ts";
import type { TrainingRow } from "../schemas/index.ts";
import { packedOf } from "./packed/packed-rows.ts";
import type { TrainingMatrix } from "./training-matrix.ts";

/** The features of a row, in the layout's order. */
export function vectorOf(row: TrainingRow, layout: readonly FeatureColumn[]): FeatureVector {
  return layout.map(({ name }) => (row[name] ?? null) as number | string | null);
}

/** The features of rows, one after the other. */
export function* vectorsOf(rows: readonly TrainingRow[], layout: readonly FeatureColumn[]): Generator<FeatureVector> {
  for (const row of rows) yield vectorOf(row, layout);
}

/**
 * The oldest rows, to train on, and the newest, to judge by. Each has at least one row if there are two decisions and a
 * share is asked for. All options of a decision are on one side, so a share of rows of options is an approximate one.
 *
 * @param rows by decision time and then by decision
 */
export function splitNewest(
  rows: readonly TrainingRow[],
  share: number,
): { readonly train: readonly TrainingRow[]; readonly holdout: readonly TrainingRow[] } {
  const held = share === 0 ? 0 : Math.min(rows.length - 1, Math.max(1, Math.round(rows.length * share)));
  const from = betweenDecisions(rows, rows.length - held);
  return { train: rows.slice(0, from), holdout: rows.slice(from) };
}

/** The end of the decision before the one that a place divides, or if that is the first one, its own end. */
function betweenDecisions(rows: readonly TrainingRow[], at: number): number {
  const divides = (place: number): boolean =>
    place > 0 && place < rows.length && isSameDecision(rows[place - 1]!, rows[place]!);
  let from = at;
  while (divides(from)) from--;
  if (from > 0) return from;
  for (from = at; divides(from);) from++;
  return from;
}

const isSameDecision = (a: TrainingRow, b: TrainingRow): boolean =>
  a["decisionId"] === b["decisionId"] && a["decisionTime"] === b["decisionTime"];

/** Writes the features of a row into a matrix from an offset on, as many as the layout has. */
export interface MatrixEncoding {
  (vector: Readonly<FeatureVector>, out: Float32Array, offset: number): void;
  /** The same of one column alone. Absent: rows are always encoded whole. */
  readonly cell?: (column: number, value: FeatureVector[number] | boolean) => number;
}

/** Zeros in memory that a worker can read without a copy. */
export const sharedFloats = (count: number): Float32Array => new Float32Array(new SharedArrayBuffer(4 * count));

/** The features of rows as float32, row-major. */
export function featuresOf(
  rows: readonly TrainingRow[],
  layout: readonly FeatureColumn[],
  encode: MatrixEncoding,
): Float32Array {
  const features = sharedFloats(rows.length * layout.length);
  const packed = encode.cell === undefined ? undefined : packedOf(rows);
  if (packed === undefined)
    for (const [at, row] of rows.entries()) encode(vectorOf(row, layout), features, at * layout.length);
  else packed.store.encode(packed.places, layout, encode.cell!, features);
  return features;
}

/**
 * Rows as float32, in memory that a worker can read without a copy.
 *
 * @param column of the label; every row has one there
 * @param weight every row has one; absent: all rows count the same
 */
export function matrixOf(
  rows: readonly TrainingRow[],
  layout: readonly FeatureColumn[],
  encode: MatrixEncoding,
  column = "label",
  weight?: RowWeight,
): TrainingMatrix {
  const features = featuresOf(rows, layout, encode);
  const labels = columnOf(rows, column);
  const weights = weight && weightsOf(rows, weight);
  return { features, labels, ...(weights && { weights }), rows: rows.length, columns: layout.length };
}

/** A column of numbers, one a row, in memory that a worker can read without a copy. */
export function columnOf(rows: readonly TrainingRow[], column: string): Float32Array {
  const values = sharedFloats(rows.length);
  for (const [index, row] of rows.entries()) values[index] = row[column] as number;
  return values;
}

/** One a row, in memory that a worker can read without a copy. Every row has a weight. */
export function weightsOf(rows: readonly TrainingRow[], weight: RowWeight): Float32Array {
  const weights = sharedFloats(rows.length);
  for (const [index, row] of rows.entries()) weights[index] = weight.of(row) ?? Number.NaN;
  return weights;
}
