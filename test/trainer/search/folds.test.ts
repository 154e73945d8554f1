import { describe, expect, test } from "vitest";
import type { FitInput } from "../../../trainer/index.ts";
import { everyNth, foldsOf, without } from "../../../trainer/search/folds.ts";

/** Each row's feature and label is its own number. */
const inputOf = (rows: number, weights?: Float32Array): FitInput => {
  const values = Float32Array.from({ length: rows }, (_, row) => row);
  const [labels, metadata] = [[{ name: "late", objective: "regression" as const, values }], {}];
  const model = { objective: "regression", learner: "constant", seed: 0 } as const;
  return { features: values, rows, columns: 1, inputs: [{ name: "at" }], weights, labels, model, metadata };
};

describe("a trial is judged by rows that are newer than all it has seen", () => {
  test.each([
    [2, 1],
    [3, 2],
    [900, 4],
    [9_999, 4],
    [10_000, 1],
    [50_000, 1],
  ])("%i rows in %i folds", (rows, count) => {
    const folds = foldsOf(inputOf(rows));
    expect(folds).toHaveLength(count);
    for (const { train, judge } of folds) {
      expect(train.features.at(-1)!).toBeLessThan(judge.features[0]!);
      expect(train.rows + judge.rows).toBeLessThanOrEqual(rows);
      for (const some of [train, judge]) {
        expect(some.features).toHaveLength(some.rows);
        expect(some.labels[0]).toEqual(some.features);
      }
    }
    // Each of the newest rows judges once.
    const judges = folds.flatMap(({ judge }) => [...judge.features]);
    expect(judges).toEqual(Array.from({ length: judges.length }, (_, at) => rows - judges.length + at));
  });

  test("a fold whose rows weigh nothing is none", () => {
    const weights = Float32Array.from({ length: 900 }, (_, row) => Number(row < 500));
    expect(foldsOf(inputOf(900, weights)).map(({ judge }) => judge.rows)).toEqual([135, 135]);
    expect(foldsOf(inputOf(900, new Float32Array(900).fill(0)))).toEqual([]);
    expect(foldsOf(inputOf(1))).toEqual([]);
  });
});

test("a sample has the newest row and every nth before it", () => {
  const [{ train }] = foldsOf(inputOf(20, new Float32Array(20).fill(2))) as [ReturnType<typeof foldsOf>[number]];
  expect([...train.features]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  const sample = everyNth(train, 1, 3);
  expect([...sample.features]).toEqual([1, 4, 7]);
  expect([...sample.labels[0]!]).toEqual([1, 4, 7]);
  expect([...sample.weights!]).toEqual([2, 2, 2]);
});

test("a dropped column is missing in every row, and the rows that were given stay as they are", () => {
  const rows = { features: Float32Array.of(1, 2, 3, 4, 5, 6), rows: 2, labels: [Float32Array.of(0, 1)] };
  expect([...without(rows, 3, [0, 2]).features]).toEqual([Number.NaN, 2, Number.NaN, Number.NaN, 5, Number.NaN]);
  expect([...rows.features]).toEqual([1, 2, 3, 4, 5, 6]);
  expect(without(rows, 3, [])).toBe(rows);
});
