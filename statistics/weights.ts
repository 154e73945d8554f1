/** How unequal the weights of rows are. */
export interface WeightSpread {
  /** Kish's effective sample size (Σ w)² / Σ w²: so many rows of equal weight say as much. */
  readonly effectiveRows: number;
  /** The heaviest row's part of all weight, 0 to 1. */
  readonly largestShare: number;
}

/** @param weights not negative, one of them above 0 */
export function weightSpread(weights: Float32Array): WeightSpread {
  let [sum, squares, largest] = [0, 0, 0];
  for (const weight of weights) {
    sum += weight;
    squares += weight * weight;
    largest = Math.max(largest, weight);
  }
  return { effectiveRows: sum ** 2 / squares, largestShare: largest / sum };
}

/** Σ w x / Σ w; without weights the mean. */
export function weightedMean(values: Float32Array, weights: Float32Array | undefined): number {
  if (weights === undefined) return values.reduce((sum, value) => sum + value, 0) / values.length;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return values.reduce((sum, value, row) => sum + value * weights[row]!, 0) / total;
}

/**
 * The least value that so large a share of the weight does not exceed: a constant with the least pinball loss. NaN without
 * a value that counts.
 *
 * @param values NaN: none
 * @param weights one a value, not negative; absent: all count the same
 * @param share between 0 and 1
 */
export function weightedQuantile(values: Float32Array, weights: Float32Array | undefined, share: number): number {
  const weightOf = (row: number): number => weights?.[row] ?? 1;
  const order = Array.from(values.keys())
    .filter((row) => !Number.isNaN(values[row]) && weightOf(row) > 0)
    .sort((a, b) => values[a]! - values[b]!);
  const wanted = share * order.reduce((sum, row) => sum + weightOf(row), 0);
  let sum = 0;
  const found = order.find((row) => (sum += weightOf(row)) >= wanted) ?? order.at(-1);
  return found === undefined ? Number.NaN : values[found]!;
}

/**
 * Standard error of the weighted mean of independent values, √(Σ w² (x − mean)²) / Σ w.
 *
 * @param weights one a value, not negative, one of them above 0; absent: all count the same
 */
export function standardErrorOfMean(values: Float64Array, weights: Float32Array | undefined): number {
  const weightOf = (row: number): number => weights?.[row] ?? 1;
  let [total, mean, squares] = [0, 0, 0];
  for (let row = 0; row < values.length; row++) {
    total += weightOf(row);
    mean += weightOf(row) * values[row]!;
  }
  mean /= total;
  for (let row = 0; row < values.length; row++) squares += (weightOf(row) * (values[row]! - mean)) ** 2;
  return Math.sqrt(squares) / total;
}

/**
 * Weighted mean and standard deviation, in doubles and in the order of the values; 0 and 0 where nothing counts.
 *
 * @param values NaN: none
 * @param weights one a value, not negative; absent: all count the same
 */
export function momentsOf(
  values: Float32Array | Float64Array,
  weights: Float32Array | undefined,
): { readonly mean: number; readonly deviation: number } {
  let [total, sum, squares] = [0, 0, 0];
  const each = (add: (value: number, weight: number) => void): void => {
    for (let row = 0; row < values.length; row++) {
      if (!Number.isNaN(values[row])) add(values[row]!, weights?.[row] ?? 1);
    }
  };
  each((value, weight) => {
    total += weight;
    sum += weight * value;
  });
  const mean = total === 0 ? 0 : sum / total;
  each((value, weight) => (squares += weight * (value - mean) * (value - mean)));
  return { mean, deviation: total === 0 ? 0 : Math.sqrt(squares / total) };
}
