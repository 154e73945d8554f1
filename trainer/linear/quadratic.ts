/** A square matrix of float64, row-major. */
export interface Square {
  readonly size: number;
  readonly data: Float64Array;
}

/**
 * Minimises g·d + ½ d·H·d + ½ l2·|b + d|² + l1·|b + d|₁ over d. The penalties are those of every place but the first, the intercept.
 *
 * Without l1 it is solved exactly, by Cholesky's decomposition. With l1 by coordinate descent, until no place breaks the conditions of
 * the minimum by more than `tolerance`.
 */
export function minimise(
  hessian: Square,
  gradient: Float64Array,
  weights: Float64Array,
  { l1, l2, tolerance }: { readonly l1: number; readonly l2: number; readonly tolerance: number },
): Float64Array {
  const { size, data } = hessian;
  // So that columns that say the same have one solution.
  const trace = weights.reduce((sum, _, at) => sum + data[at * size + at]!, 0);
  const ridge = 1e-10 * (trace / size) + Number.MIN_VALUE;
  for (let at = 0; at < size; at++) data[at * size + at]! += ridge;
  if (l1 > 0) return descend(hessian, gradient, weights, { l1, l2, tolerance });
  const right = gradient.map((slope, at) => -slope - (at === 0 ? 0 : l2 * weights[at]!));
  for (let at = 1; at < size; at++) data[at * size + at]! += l2;
  return cholesky(hessian, right);
}

/** Solves A·x = b in place; A is symmetric and positive definite. */
function cholesky({ size, data }: Square, b: Float64Array): Float64Array {
  for (let row = 0; row < size; row++) {
    const start = row * size;
    for (let column = 0; column <= row; column++) {
      const other = column * size;
      let sum = data[start + column]!;
      for (let k = 0; k < column; k++) sum -= data[start + k]! * data[other + k]!;
      data[start + column] = row === column ? Math.sqrt(Math.max(sum, Number.MIN_VALUE)) : sum / data[other + column]!;
    }
    let rest = b[row]!;
    for (let k = 0; k < row; k++) rest -= data[start + k]! * b[k]!;
    b[row] = rest / data[start + row]!;
  }
  for (let row = size - 1; row >= 0; row--) {
    const value = (b[row]! /= data[row * size + row]!);
    for (let k = 0; k < row; k++) b[k]! -= data[row * size + k]! * value;
  }
  return b;
}

const MOST_SWEEPS = 10_000;

function descend(
  { size, data }: Square,
  gradient: Float64Array,
  weights: Float64Array,
  { l1, l2, tolerance }: { readonly l1: number; readonly l2: number; readonly tolerance: number },
): Float64Array {
  const step = new Float64Array(size);
  // The slopes of the quadratic part at `step`.
  const slopes = gradient.slice();
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let worst = 0;
    for (let at = 0; at < size; at++) {
      const [own, small] = at === 0 ? [0, 0] : [l2, l1];
      const curve = data[at * size + at]! + own;
      const weight = weights[at]! + step[at]!;
      const slope = slopes[at]! + own * weight;
      worst = Math.max(worst, violation(slope, weight, small));
      const target = shrunk(weight - slope / curve, small / curve);
      const change = target - weight;
      if (change === 0) continue;
      step[at]! += change;
      for (let k = 0; k < size; k++) slopes[k]! += data[at * size + k]! * change;
    }
    if (worst <= tolerance) break;
  }
  return step;
}

const shrunk = (value: number, by: number): number => (value > by ? value - by : value < -by ? value + by : 0);

/** How far a place is from the conditions of a minimum: |slope| ≤ l1 at 0, and slope = −l1·sign elsewhere. */
export function violation(slope: number, weight: number, l1: number): number {
  if (weight === 0) return Math.max(0, Math.abs(slope) - l1);
  return Math.abs(slope + l1 * Math.sign(weight));
}
