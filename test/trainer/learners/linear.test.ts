import { expect, test } from "vitest";
import type { ModelConfig, Objective } from "../../../blueprints/index.ts";
import { openGraph } from "../../../serving/graph/graph-model.ts";
import { loadScorer } from "../../../serving/index.ts";
import { openOnnxModel } from "../../../serving/onnx/onnx-session.ts";
import { fitModel, type FitRequest } from "../../../trainer/index.ts";
import { fitInWorker } from "../../../trainer/fit/fit-in-worker.ts";
import { seeded } from "../../chaos/random.ts";

const INPUTS = [
  { name: "bent" },
  { name: "rain" },
  { name: "empty" },
  { name: "kind", categories: 300 },
  { name: "two", categories: 2 },
];
const COLUMNS = INPUTS.length;
const ROWS = 3000;

/** @param wild beyond the values that are learnt from, and categories that nobody has seen */
function matrixOf(rows: number, seed: number, objective: Objective, wild = false): FitRequest["train"] {
  const next = seeded(seed);
  const features = new Float32Array(rows * COLUMNS);
  const labels = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const bent = next() < 0.1 ? Number.NaN : (next() * 2 - 1) * (wild && next() < 0.1 ? 1e38 : 3);
    const rain = next() < 0.7 ? 0 : next() * 2;
    const kind = Math.floor(300 * next() ** 4);
    const two = next() < 0.5 ? 0 : 1;
    const unseen = wild && next() < 0.2;
    features.set(
      [bent, rain, wild ? next() : Number.NaN, unseen ? Number.NaN : kind, unseen ? Number.NaN : two],
      row * COLUMNS,
    );
    const sum = (Number.isNaN(bent) ? 0.5 : Math.abs(bent)) - 2 * rain + (kind % 3) + two - 1;
    labels[row] = objective === "regression" ? 60 * (sum + next()) : next() < 1 / (1 + Math.exp(-sum)) ? 1 : 0;
  }
  return { features, labels, rows, columns: COLUMNS };
}

const requestOf = (objective: Objective, more: Partial<ModelConfig<"linear">> = {}): FitRequest => ({
  train: matrixOf(ROWS, 1, objective),
  holdout: matrixOf(500, 2, objective, true),
  inputs: INPUTS,
  label: { name: "late", objective },
  model: { objective, learner: "linear", l1: 0, l2: 1, bins: 16, seed: 0, ...more },
  metadata: { label: "late" },
});

test.each(["binary", "regression"] as const)(
  "%s: 10,000 rows with missing, unseen and enormous values have finite predictions, by ONNX Runtime the same ones",
  async (objective) => {
    const { onnx } = await fitModel(requestOf(objective));
    expect(typeof openGraph(onnx)).toBe("object");
    const { features, rows } = matrixOf(10_000, 3, objective, true);
    const scorer = await loadScorer(onnx);
    expect(scorer.outputs).toEqual(["late"]);
    const [ours] = await scorer.score(features, rows);
    const runtime = await openOnnxModel(onnx);
    const [theirs] = await runtime.predict(features, rows);
    await runtime.release();
    const unit = objective === "binary" ? 1 : 60;
    const largest = ours!.reduce((most, value, row) => Math.max(most, Math.abs(value - theirs![row]!)), 0);
    expect(ours!.every(Number.isFinite)).toBe(true);
    expect(new Set(ours).size).toBeGreaterThan(5000);
    expect(largest / unit).toBeLessThanOrEqual(1e-5);
  },
);

test("it learns bent lines, zeros apart, and categories", async () => {
  const { onnx, importance } = await fitModel(requestOf("regression"));
  const scorer = await loadScorer(onnx);
  const at = async (...row: readonly number[]): Promise<number> =>
    (await scorer.score(Float32Array.from(row), 1))[0]![0]!;
  const none = Number.NaN;
  const middle = await at(0, 0, none, 0, 0);
  expect(Math.abs((await at(-2, 0, none, 0, 0)) - middle - 120)).toBeLessThan(12);
  expect(Math.abs((await at(2, 0, none, 0, 0)) - middle - 120)).toBeLessThan(12);
  expect(Math.abs((await at(0, 1, none, 0, 0)) - middle + 120)).toBeLessThan(12);
  expect(Math.abs((await at(0, 0, none, 1, 0)) - middle - 60)).toBeLessThan(12);
  expect(Math.abs((await at(0, 0, none, 0, 1)) - middle - 60)).toBeLessThan(12);
  expect(Math.abs((await at(none, 0, none, 0, 0)) - middle - 30)).toBeLessThan(12);
  // A line is level beyond the values that it was learnt from.
  expect(await at(1e38, 0, none, 0, 0)).toBe(await at(3.1, 0, none, 0, 0));
  // A column that was always missing says nothing.
  expect(await at(0, 0, 5, 0, 0)).toBe(middle);
  await scorer.release();
  expect(importance.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
  expect(importance[2]).toBe(0);
  expect(Math.min(...importance.filter((_, column) => column !== 2))).toBeGreaterThan(0.1);
});

test("the same rows give the same bytes, here and in a worker", async () => {
  const [first, second] = [await fitModel(requestOf("binary")), await fitInWorker(requestOf("binary"))];
  expect(Buffer.compare(first.onnx, second.onnx)).toBe(0);
});

test("a row of weight 2 counts as two rows, one of weight 0 as none", async () => {
  const request = requestOf("binary", { bins: 1 });
  const { features, labels, rows } = request.train;
  const weights = Float32Array.from({ length: rows }, (_, row) => row % 3);
  const taken = Array.from(weights, (weight, row) => new Array<number>(weight).fill(row)).flat();
  const repeated = {
    features: Float32Array.from(taken.flatMap((row) => [...features.subarray(row * COLUMNS, (row + 1) * COLUMNS)])),
    labels: Float32Array.from(taken, (row) => labels[row]!),
    ...{ rows: taken.length, columns: COLUMNS },
  };
  // Rare categories are those of few rows, and lines end at the rows' values: both are asked of columns without.
  const narrow = (matrix: FitRequest["train"]): FitRequest["train"] => ({
    ...matrix,
    features: Float32Array.from({ length: matrix.rows }, (_, row) => matrix.features[row * COLUMNS + 4]!),
    columns: 1,
  });
  const of = async (train: FitRequest["train"]): Promise<Float32Array> =>
    (await fitModel({ ...request, inputs: [INPUTS[4]!], train: narrow(train), holdout: narrow(request.holdout) }))
      .predictions;
  const [weighted, twice] = [await of({ ...request.train, weights }), await of(repeated)];
  for (const [row, value] of weighted.entries()) expect(value).toBeCloseTo(twice[row]!, 6);
  expect(new Set(weighted).size).toBe(3);
});

test("a strong l1 leaves only what says most, and of everything the mean", async () => {
  const some = await fitModel(requestOf("binary", { l1: 60 }));
  expect(some.importance.filter((share) => share > 0).length).toBeLessThan(4);
  const none = await fitModel(requestOf("binary", { l1: 1e9 }));
  expect(none.importance).toEqual([0, 0, 0, 0, 0]);
  const { labels } = requestOf("binary").train;
  const mean = labels.reduce((sum, label) => sum + label, 0) / labels.length;
  for (const value of none.predictions) expect(value).toBeCloseTo(mean, 6);
});

test.each([
  ["numbers alone", [{ name: "a" }, { name: "b" }]],
  [
    "categories alone",
    [
      { name: "a", categories: 2 },
      { name: "b", categories: 0 },
    ],
  ],
] as const)("columns of %s, one of which has no values", async (_, inputs) => {
  const features = Float32Array.from({ length: 200 }, (_, at) => (at % 2 === 0 ? (at / 2) % 2 : Number.NaN));
  const labels = Float32Array.from({ length: 100 }, (_, row) => row % 2);
  const train = { features, labels, rows: 100, columns: 2 };
  const { predictions } = await fitModel({ ...requestOf("binary"), inputs, train, holdout: train });
  expect(predictions[0]).toBeLessThan(0.2);
  expect(predictions[1]).toBeGreaterThan(0.8);
});
