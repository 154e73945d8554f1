import { describe, expect, test } from "vitest";
import { addRow, changeRow, emptySums, linearPosterior, type LinearSums } from "../../statistics/index.ts";
import { random } from "../blueprints/random.ts";

interface Row {
  readonly x: readonly number[];
  readonly y: number;
}

function rowsOf(seed: number, count: number, dimensions: number): readonly Row[] {
  const next = random(seed);
  return Array.from({ length: count }, () => ({
    x: [1, ...Array.from({ length: dimensions - 1 }, () => next() * 4 - 2)],
    y: next() * 3 - 1,
  }));
}

const sumsOf = (rows: readonly Row[], dimensions: number): LinearSums => {
  const sums = emptySums(dimensions);
  for (const { x, y } of rows) addRow(sums, x, y);
  return sums;
};

/** (X'X + ridge I)^-1, by Gauss and Jordan with pivots. */
function inverse(rows: readonly Row[], d: number, ridge: number): readonly (readonly number[])[] {
  const a = Array.from({ length: d }, (_, i) => [
    ...Array.from({ length: d }, (_, j) => rows.reduce((sum, { x }) => sum + x[i]! * x[j]!, i === j ? ridge : 0)),
    ...Array.from({ length: d }, (_, j) => (i === j ? 1 : 0)),
  ]);
  for (let i = 0; i < d; i++) {
    const pivot = a
      .map((_, at) => at)
      .slice(i)
      .reduce((best, at) => (Math.abs(a[at]![i]!) > Math.abs(a[best]![i]!) ? at : best));
    [a[i], a[pivot]] = [a[pivot]!, a[i]!];
    const by = a[i]![i]!;
    a[i] = a[i]!.map((value) => value / by);
    for (let at = 0; at < d; at++)
      if (at !== i) {
        const times = a[at]![i]!;
        a[at] = a[at]!.map((value, j) => value - times * a[i]![j]!);
      }
  }
  return a.map((row) => row.slice(d));
}

describe("a linear posterior", () => {
  test.each([
    [1, 0, 1],
    [1, 20, 0.5],
    [4, 3, 1],
    [4, 200, 1],
    [11, 40, 1e-6],
    [20, 1_000, 100],
    [65, 500, 1],
  ])(
    "of %i weights and %i rows with ridge %d has the mean and deviation of the normal equations",
    (d, count, ridge) => {
      const rows = rowsOf(d * 1_000 + count, count, d);
      const cov = inverse(rows, d, ridge);
      const moments = Array.from({ length: d }, (_, i) => rows.reduce((sum, { x, y }) => sum + x[i]! * y, 0));
      const weights = cov.map((row) => row.reduce((sum, value, j) => sum + value * moments[j]!, 0));
      const posterior = linearPosterior(sumsOf(rows, d), ridge);
      for (const { x } of rowsOf(7, 20, d)) {
        const mean = weights.reduce((sum, weight, i) => sum + weight * x[i]!, 0);
        const variance = x.reduce((sum, xi, i) => sum + xi * x.reduce((own, xj, j) => own + cov[i]![j]! * xj, 0), 0);
        expect(posterior.mean(x)).toBeCloseTo(mean, 7);
        expect(posterior.deviation(x)).toBeCloseTo(Math.sqrt(variance), 7);
      }
    },
  );

  test("without rows is the prior", () => {
    const { mean, deviation } = linearPosterior(emptySums(3), 4);
    expect(mean([1, 2, 3])).toBe(0);
    expect(deviation([1, 2, 3])).toBeCloseTo(Math.sqrt(14 / 4), 12);
  });

  test("changes and rows taken away leave what the other rows say", () => {
    const rows = rowsOf(5, 60, 6);
    const sums = sumsOf(rows, 6);
    for (const { x, y } of rows.slice(0, 20)) addRow(sums, x, y, -1);
    for (const { x, y } of rows.slice(20, 40)) changeRow(sums, x, 2 - y);
    const wanted = sumsOf([...rows.slice(20, 40).map(({ x }) => ({ x, y: 2 })), ...rows.slice(40)], 6);
    expect(sums.rows).toBe(40);
    const [is, was] = [linearPosterior(sums, 1), linearPosterior(wanted, 1)];
    for (const { x } of rowsOf(8, 10, 6)) {
      expect(is.mean(x)).toBeCloseTo(was.mean(x), 10);
      expect(is.deviation(x)).toBeCloseTo(was.deviation(x), 10);
    }
  });

  test("stays finite where every row is taken away again", () => {
    const sums = emptySums(3);
    const x = [1, 1e8, -1e8];
    addRow(sums, x, 1);
    addRow(sums, [1, 0.1, 0.2], 1);
    addRow(sums, x, 1, -1);
    const { mean, deviation } = linearPosterior(sums, 1e-9);
    expect(Number.isFinite(mean(x))).toBe(true);
    expect(Number.isFinite(deviation(x))).toBe(true);
  });
});
