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
