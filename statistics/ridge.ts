/**
 * The sums of a linear regression over rows (x, y): Σ x xᵀ and Σ x y. They say all that the rows say of the weights, so a
 * row is added, changed or taken away without the others.
 */
export interface LinearSums {
  /** Of x. */
  readonly dimensions: number;
  rows: number;
  /** The upper triangle of Σ x xᵀ, row by row: d (d + 1) / 2 numbers. */
  readonly squares: Float64Array;
  /** Σ x y: d numbers. */
  readonly products: Float64Array;
}

export const triangleOf = (dimensions: number): number => (dimensions * (dimensions + 1)) / 2;

export const emptySums = (dimensions: number): LinearSums => ({
  ...{ dimensions, rows: 0 },
  squares: new Float64Array(triangleOf(dimensions)),
  products: new Float64Array(dimensions),
});

/** @param times 1: the row is added; −1: it is taken away. Sums of the same rows in the same order are equal bit for bit. */
export function addRow(sums: LinearSums, x: readonly number[], y: number, times: 1 | -1 = 1): void {
  const { dimensions: d, squares, products } = sums;
  let at = 0;
  for (let i = 0; i < d; i++) {
    const own = times * x[i]!;
    for (let j = i; j < d; j++) squares[at++]! += own * x[j]!;
    products[i]! += own * y;
  }
  sums.rows += times;
}

/** The row's y is another one by so much. */
export function changeRow({ dimensions, products }: LinearSums, x: readonly number[], by: number): void {
  for (let i = 0; i < dimensions; i++) products[i]! += x[i]! * by;
}

/** A normal distribution of weights. */
export interface LinearPosterior {
  /** Its mean: the weights of ridge regression. */
  readonly weights: Float64Array;
  /** Of the mean of y at x: xᵀ w. */
  mean(x: readonly number[]): number;
  /** Of that mean, in units of the noise of a row: √(xᵀ A⁻¹ x). */
  deviation(x: readonly number[]): number;
}

/**
 * The posterior of the weights with the prior N(0, 1 / ridge) of each: A = Σ x xᵀ + ridge I, mean A⁻¹ Σ x y, covariance
 * A⁻¹ times the variance of the noise, which is left to the caller (Li, Chu, Langford and Schapire 2010, LinUCB; Agrawal
 * and Goyal 2013). By Cholesky's decomposition: the same sums give the same bits in every process.
 *
 * @param ridge above 0
 */
export function linearPosterior(sums: LinearSums, ridge: number): LinearPosterior {
  const d = sums.dimensions;
  const lower = decomposed(sums, ridge);
  const weights = solvedBack(lower, solved(lower, sums.products, d), d);
  return {
    weights,
    mean(x) {
      let sum = 0;
      for (let i = 0; i < d; i++) sum += weights[i]! * x[i]!;
      return sum;
    },
    deviation(x) {
      const z = solved(lower, x, d);
      let sum = 0;
      for (let i = 0; i < d; i++) sum += z[i]! * z[i]!;
      return Math.sqrt(sum);
    },
  };
}

/** L of A = L Lᵀ, row by row, without its upper half. Rows that were taken away again may leave a pivot a little below the prior's. */
function decomposed({ dimensions: d, squares }: LinearSums, ridge: number): Float64Array {
  const lower = new Float64Array(triangleOf(d));
  const rowAt = (i: number): number => (i * (i + 1)) / 2;
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      // The upper triangle has row j from its diagonal on.
      let sum = squares[j * d - (j * (j - 1)) / 2 + (i - j)]! + (i === j ? ridge : 0);
      for (let k = 0; k < j; k++) sum -= lower[rowAt(i) + k]! * lower[rowAt(j) + k]!;
      lower[rowAt(i) + j] = i === j ? Math.sqrt(Math.max(sum, ridge)) : sum / lower[rowAt(j) + j]!;
    }
  }
  return lower;
}

/** z of L z = b. */
function solved(lower: Float64Array, b: ArrayLike<number>, d: number): Float64Array {
  const z = new Float64Array(d);
  let at = 0;
  for (let i = 0; i < d; i++) {
    let sum = b[i]!;
    for (let k = 0; k < i; k++) sum -= lower[at++]! * z[k]!;
    z[i] = sum / lower[at++]!;
  }
  return z;
}

/** w of Lᵀ w = z. */
function solvedBack(lower: Float64Array, z: Float64Array, d: number): Float64Array {
  const w = new Float64Array(d);
  for (let i = d - 1; i >= 0; i--) {
    let sum = z[i]!;
    for (let k = i + 1; k < d; k++) sum -= lower[(k * (k + 1)) / 2 + i]! * w[k]!;
    w[i] = sum / lower[(i * (i + 1)) / 2 + i]!;
  }
  return w;
}
