import type { FitColumn } from "../learners/learner.ts";
import { log } from "./elementary.ts";

/** Moves and stretches a number: (value − centre) · scale, in float32. */
export interface Scaling {
  readonly centre: number;
  readonly scale: number;
}

/** How a column of numbers becomes an input. */
export interface NumberInput {
  readonly column: number;
  /** Stands for a missing value: the mean. */
  readonly mean: number;
  /** Takes the logarithm of 1 more than the amount, with the number's sign, before it is scaled. */
  readonly skewed: boolean;
  readonly scaling: Scaling;
}

/** How a column of categories becomes an input. */
export interface CategoryInput {
  readonly column: number;
  /** Known codes; this one itself is the code of a missing or unknown category. */
  readonly categories: number;
}

export interface InputPlan {
  /** Columns that have more than one value; skewed ones come last. */
  readonly numbers: readonly NumberInput[];
  /** Columns of numbers with missing values. Each has a further input, 1 where the value is missing and 0 elsewhere. */
  readonly missing: readonly number[];
  readonly categories: readonly CategoryInput[];
}

export interface Inputs {
  /** rows × (numbers, then missing) */
  readonly numbers: Float32Array;
  /** rows × categories */
  readonly codes: Int32Array;
  readonly rows: number;
}

/** A scaled number is kept from minus this to this: no row lies far outside of what was learnt. */
export const MOST = 16;
/** The fourth standardised moment of a skewed column is above this one: 3 is a normal distribution's, 9 an exponential one's. */
const SKEWED = 9;

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
    const values: number[] = [];
    for (let at = column; at < rows * columns; at += columns) {
      if (!Number.isNaN(features[at]!)) values.push(features[at]!);
    }
    if (values.length > 0 && values.length < rows) missing.push(column);
    const { kurtosis, ...plain } = spread(values);
    const skewed = kurtosis > SKEWED;
    const { centre, scale } = skewed ? spread(values.map(shrunk)) : plain;
    if (scale > 0) numbers.push({ column, mean: plain.centre, skewed, scaling: { centre, scale } });
  }
  numbers.sort((one, other) => Number(one.skewed) - Number(other.skewed));
  // A network needs an input: one that is always 0.
  if (numbers.length + missing.length + categories.length === 0) {
    numbers.push({ column: 0, mean: 0, skewed: false, scaling: { centre: 0, scale: 0 } });
  }
  return { numbers, missing, categories };
}

/** In doubles, in the order of the values. The scale of values that do not differ is 0. */
function spread(values: readonly number[]): Scaling & { readonly kurtosis: number } {
  const count = Math.max(values.length, 1);
  let sum = 0;
  for (const value of values) sum += value;
  const centre = Math.fround(sum / count);
  let [second, fourth] = [0, 0];
  for (const value of values) {
    const square = (value - centre) * (value - centre);
    second += square;
    fourth += square * square;
  }
  const variance = second / count;
  const scale = Math.fround(1 / Math.sqrt(variance));
  const differs = values.some((value) => value !== values[0]) && scale > 0 && Number.isFinite(scale);
  return { centre, scale: differs ? scale : 0, kurtosis: differs ? fourth / count / (variance * variance) : 0 };
}

const { fround } = Math;

const shrunk = (value: number): number => fround(Math.sign(value) * log(fround(1 + Math.abs(value))));
const scaled = (value: number, { centre, scale }: Scaling): number => fround(fround(value - centre) * scale);
/** In the steps of the graph, so that both round alike. */
const within = (value: number): number =>
  fround(MOST - Math.max(0, fround(2 * MOST - Math.max(0, fround(value + MOST)))));

/** The inputs of rows, as the graph of the model makes them: in float32, step by step. */
export function makeInputs(features: Float32Array, rows: number, columns: number, plan: InputPlan): Inputs {
  const width = plan.numbers.length + plan.missing.length;
  const numbers = new Float32Array(rows * width);
  const codes = new Int32Array(rows * plan.categories.length);
  for (let row = 0; row < rows; row++) {
    const from = row * columns;
    let to = row * width;
    for (const { column, mean, skewed, scaling } of plan.numbers) {
      const given = features[from + column]!;
      const value = Number.isNaN(given) ? mean : given;
      numbers[to++] = within(scaled(skewed ? shrunk(value) : value, scaling));
    }
    for (const column of plan.missing) numbers[to++] = Number.isNaN(features[from + column]!) ? 1 : 0;
    to = row * plan.categories.length;
    for (const { column, categories } of plan.categories) {
      const code = features[from + column]!;
      codes[to++] = Number.isNaN(code) ? categories : code;
    }
  }
  return { numbers, codes, rows };
}
