import { confidenceSequence } from "./paired/confidence-sequence.ts";

/** A mean over rows whose units are independent of each other, and whose rows of one unit are not. */
export interface MeanByUnit {
  readonly mean: number;
  /** Bounds that hold however often one looks (`confidenceSequence`). */
  readonly low: number;
  readonly high: number;
  readonly units: number;
}

/**
 * The mean of values by weights, with bounds from the spread between units.
 *
 * @param values one a row
 * @param units of each row
 * @param weights not negative; absent: all rows count the same
 * @returns `undefined`: there is no row with a weight above 0
 */
export function meanByUnit(
  values: readonly number[],
  units: readonly string[],
  weights?: readonly number[],
): MeanByUnit | undefined {
  const found = spreadByUnit(values, units, weights);
  if (found === undefined) return undefined;
  const { mean, squaredError, units: count } = found;
  const [low, high] = confidenceSequence(mean, squaredError * count, count);
  return { mean, low, high, units: count };
}

/** @returns the mean, its squared standard error by the spread between units, and the number of units that weigh something */
export function spreadByUnit(
  values: readonly number[],
  units: readonly string[],
  weights?: readonly number[],
): { readonly mean: number; readonly squaredError: number; readonly units: number } | undefined {
  const weightOf = (row: number): number => weights?.[row] ?? 1;
  const total = values.reduce((sum, _, row) => sum + weightOf(row), 0);
  if (!(total > 0)) return undefined;
  const mean = values.reduce((sum, value, row) => sum + weightOf(row) * value, 0) / total;
  const moved = new Map<string, number>();
  for (const [row, value] of values.entries()) {
    const weight = weightOf(row);
    if (weight > 0) moved.set(units[row]!, (moved.get(units[row]!) ?? 0) + weight * (value - mean));
  }
  const squares = [...moved.values()].reduce((sum, each) => sum + each ** 2, 0);
  return { mean, squaredError: squares / total ** 2, units: moved.size };
}
