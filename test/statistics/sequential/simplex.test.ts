import { describe, expect, test } from "vitest";
import { leastOnSimplex } from "../../../statistics/sequential/simplex.ts";
import { random } from "../../blueprints/random.ts";

const valueAt = (matrix: Float64Array, x: Float64Array): number =>
  x.reduce((sum, one, i) => sum + x.reduce((row, other, j) => row + one * other * matrix[i * x.length + j]!, 0), 0);

/** Every support is tried: x ∝ M⁻¹ 1 of each, where that is positive (Gauss-Jordan). */
function bySupports(matrix: Float64Array, k: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let bits = 1; bits < 1 << k; bits++) {
    const some = Array.from({ length: k }, (_, i) => i).filter((i) => (bits >> i) & 1);
    const rows = some.map((i) => [...some.map((j) => matrix[i * k + j]!), 1]);
    for (let column = 0; column < some.length; column++) {
      const pivot = rows[column]![column]!;
      rows[column] = rows[column]!.map((value) => value / pivot);
      for (const [row, values] of rows.entries()) {
        const factor = values[column]!;
        if (row !== column) rows[row] = values.map((value, j) => value - factor * rows[column]![j]!);
      }
    }
    const solved = rows.map((row) => row.at(-1)!);
    const sum = solved.reduce((total, one) => total + one, 0);
    if (!solved.every((one) => one / sum >= 0)) continue;
    const x = new Float64Array(k);
    for (const [at, i] of some.entries()) x[i] = solved[at]! / sum;
    least = Math.min(least, valueAt(matrix, x));
  }
  return least;
}

const next = random(4);
/** A Aᵀ of k × d numbers; rows of very different lengths. */
function positive(k: number, d: number, spread: number): Float64Array {
  const rows = Array.from({ length: k }, () => {
    const scale = 10 ** (spread * next());
    return Array.from({ length: d }, () => scale * (next() - 0.3));
  });
  return Float64Array.from({ length: k * k }, (_, at) =>
    rows[Math.floor(at / k)]!.reduce((sum, value, i) => sum + value * rows[at % k]![i]!, 0),
  );
}

describe("the least point of a simplex", () => {
  test.each([0, 1, 3])("is as low as the lowest of all supports, rows differ by 10^%d", (spread) => {
    for (let run = 0; run < 60; run++) {
      const k = 2 + (run % 7);
      const matrix = positive(k, k + 2, spread);
      const x = leastOnSimplex(matrix, k);
      expect(x.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12);
      expect(Math.min(...x)).toBeGreaterThanOrEqual(0);
      const wanted = bySupports(matrix, k);
      expect(valueAt(matrix, x) - wanted).toBeLessThanOrEqual(1e-9 * wanted);
    }
  });

  test("no other point is lower where the matrix is singular", () => {
    for (let run = 0; run < 40; run++) {
      const [k, d] = [8, 1 + (run % 4)];
      const matrix = positive(k, d, 1);
      const trace = Array.from({ length: k }, (_, i) => matrix[i * k + i]!).reduce((sum, one) => sum + one, 0);
      const x = leastOnSimplex(matrix, k);
      const value = valueAt(matrix, x);
      // Of a convex function: no corner is lower along the slope.
      for (let i = 0; i < k; i++) {
        const slope = x.reduce((sum, share, j) => sum + share * matrix[i * k + j]!, 0);
        expect(slope).toBeGreaterThanOrEqual(value - 1e-9 * trace);
      }
    }
  });

  test("is a corner, an edge, or the middle, as by hand", () => {
    expect([...leastOnSimplex(Float64Array.of(1, 2, 2, 5), 2)]).toEqual([1, 0]);
    expect([...leastOnSimplex(Float64Array.of(3, 0, 0, 1), 2)].map((share) => share.toFixed(12))).toEqual([
      "0.250000000000",
      "0.750000000000",
    ]);
    expect([...leastOnSimplex(new Float64Array(9), 3)]).toEqual([1 / 3, 1 / 3, 1 / 3]);
    for (const share of leastOnSimplex(Float64Array.of(1, 1, 1, 1), 2)) expect(share).toBeGreaterThanOrEqual(0);
  });
});
