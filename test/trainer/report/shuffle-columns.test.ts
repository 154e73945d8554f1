import { expect, test } from "vitest";
import { shuffleColumns } from "../../../trainer/report/shuffle-columns.ts";
import { random } from "../../blueprints/random.ts";

const ROWS = 3_000;
const next = random(4);
const features = Float32Array.from({ length: ROWS * 3 }, (_, at) => (at % 3 === 2 ? 5 : next()));

/** Predicts twice the first column. */
const scorer = {
  columns: 3,
  outputs: ["y"],
  metadata: {},
  score: (some: Float32Array, rows: number) =>
    Promise.resolve([Float32Array.from({ length: rows }, (_, row) => 2 * some[row * 3]!)]),
  bytes: 0,
  release: () => Promise.resolve(),
};
const labels = Float32Array.from({ length: ROWS }, (_, row) => 2 * features[row * 3]!);

test("a column that is used costs twice the variance of its part, one that is not costs nothing", async () => {
  const before = features.slice();
  const found = await shuffleColumns(scorer, [0], { features, labels, rows: ROWS, columns: 3 }, "regression");
  // E (2a - 2b)² of two independent even numbers is 8 / 12.
  expect(found[0]).toBeCloseTo(8 / 12, 1);
  expect(found.slice(1)).toEqual([0, 0]);
  expect(features).toEqual(before);
});

test("rows of weight 0 count for nothing, and without rows nothing is said", async () => {
  const matrix = { features, labels, weights: new Float32Array(ROWS), rows: ROWS, columns: 3 };
  expect(await shuffleColumns(scorer, [0], matrix, "regression")).toEqual([0, 0, 0]);
  const none = { features: new Float32Array(0), labels: new Float32Array(0), rows: 0, columns: 3 };
  expect(await shuffleColumns(scorer, [0], none, "regression")).toEqual([0, 0, 0]);
});
