import type { FitColumn } from "../learners/learner.ts";
import { curvesOf, rampOf, scoreOf, type NumberCurves } from "./number-curves.ts";

/** How a column of numbers becomes inputs. */
export interface NumberInput extends NumberCurves {
  readonly column: number;
  /** Stands for a missing value: the mean. */
  readonly mean: number;
}

/** How a column of categories becomes an input. */
export interface CategoryInput {
  readonly column: number;
  /** Known codes; this one itself is the code of a missing or unknown category. */
  readonly categories: number;
}

export interface InputPlan {
  /** Columns that have more than one value. */
  readonly numbers: readonly NumberInput[];
  /** Columns of numbers with missing values. Each has a further input, 1 where the value is missing and 0 elsewhere. */
  readonly missing: readonly number[];
  readonly categories: readonly CategoryInput[];
}

/** Rows on their way into a network, of which `numberWriter` makes its numbers. */
export interface Inputs {
  readonly plan: InputPlan;
  /** rows × numbers, in their own unit; a missing one is the mean */
  readonly values: Float32Array;
  /** rows × (scores of the numbers, then missing) */
  readonly scores: Float32Array;
  /** rows × categories */
  readonly codes: Int32Array;
  readonly rows: number;
}

/** Plans the inputs of a network from the rows that it learns from. */
export function planInputs(
  features: Float32Array,
  rows: number,
  columns: number,
  inputs: readonly FitColumn[],
): InputPlan {
  const numbers: NumberInput[] = [];
  const missing: number[] = [];
  const categories: CategoryInput[] = [];
  for (const [column, { categories: count }] of inputs.entries()) {
    if (count !== undefined) {
      if (count > 0) categories.push({ column, categories: count });
      continue;
    }
    const values = columnOf(features, rows, columns, column);
    if (values.length > 0 && values.length < rows) missing.push(column);
    const curves = curvesOf(values);
    if (curves !== undefined) numbers.push({ column, mean: meanOf(values), ...curves });
  }
  // A network needs an input: one that is always 0.
  if (numbers.length + missing.length + categories.length === 0) {
    numbers.push({ column: 0, mean: 0, score: { start: 0, ramps: [] }, quarters: [] });
  }
  return { numbers, missing, categories };
}

/** The values that are not missing. */
function columnOf(features: Float32Array, rows: number, columns: number, column: number): Float32Array {
  const values = new Float32Array(rows);
  let count = 0;
  for (let at = column; at < rows * columns; at += columns) {
    if (!Number.isNaN(features[at]!)) values[count++] = features[at]!;
  }
  return values.subarray(0, count);
}

/** In doubles, in the order of the values. */
function meanOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return Math.fround(sum / Math.max(values.length, 1));
}

/** How many numbers a row has in a network: its scores, their quarters, and where they are missing. */
export const widthOf = ({ numbers, missing }: InputPlan): number =>
  numbers.reduce((sum, { quarters }) => sum + 1 + quarters.length, missing.length);

/** Rows as the inputs of a network need them. */
export function makeInputs(features: Float32Array, rows: number, columns: number, plan: InputPlan): Inputs {
  const { numbers, missing, categories } = plan;
  const values = new Float32Array(rows * numbers.length);
  const scores = new Float32Array(rows * (numbers.length + missing.length));
  const codes = new Int32Array(rows * categories.length);
  let [value, score, code] = [0, 0, 0];
  for (let from = 0; from < rows * columns; from += columns) {
    for (const { column, mean, score: curve } of numbers) {
      const given = features[from + column]!;
      values[value] = Number.isNaN(given) ? mean : given;
      scores[score++] = scoreOf(values[value++]!, curve);
    }
    for (const column of missing) scores[score++] = Number.isNaN(features[from + column]!) ? 1 : 0;
    for (const { column, categories: count } of categories) {
      const given = features[from + column]!;
      codes[code++] = Number.isNaN(given) ? count : given;
    }
  }
  return { plan, values, scores, codes, rows };
}

/**
 * What writes the numbers of rows: a row's scores, where values are missing, and its quarters, each from -½ to ½.
 *
 * @returns a function of a row, and of where it begins in `to`
 */
export function numberWriter({ plan, values, scores }: Inputs): (row: number, to: Float32Array, at: number) => void {
  const { numbers, missing } = plan;
  const width = numbers.length + missing.length;
  const quarters = numbers.flatMap(({ quarters: own }, number) => own.map((ramp) => ({ number, ...ramp })));
  const places = Int32Array.from(quarters, ({ number }) => number);
  const starts = Float32Array.from(quarters, ({ from }) => from);
  const scales = Float32Array.from(quarters, ({ scale }) => scale);
  return (row, to, at) => {
    for (let i = 0; i < width; i++) to[at + i] = scores[row * width + i]!;
    const first = row * numbers.length;
    for (let i = 0; i < places.length; i++) {
      to[at + width + i] = rampOf(values[first + places[i]!]!, starts[i]!, scales[i]!) - 0.5;
    }
  };
}
