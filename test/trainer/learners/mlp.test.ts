import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { learnerKinds, parametersOf, type ModelConfig } from "../../../blueprints/index.ts";
import type { TrainingMatrix } from "../../../rows/index.ts";
import { auc } from "../../../statistics/index.ts";
import { loadScorer } from "../../../serving/index.ts";
import { openGraph } from "../../../serving/graph/graph-model.ts";
import { openOnnxModel } from "../../../serving/onnx/onnx-session.ts";
import type { Predictor } from "../../../serving/onnx/predictor.ts";
import { learnerNamed } from "../../../trainer/learners/index.ts";
import type { FitColumn, FitInput } from "../../../trainer/learners/learner.ts";
import { evaluate, fitInWorker, fitModel, type FittedModel } from "../../../trainer/index.ts";
import { makeInputs, planInputs, trainNetwork } from "../../../trainer/mlp/index.ts";
import { sigmoid } from "../../../trainer/mlp/elementary.ts";
import { runNetwork } from "../../../trainer/mlp/run-network.ts";
import { random } from "../../blueprints/random.ts";

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const defaults = Object.fromEntries(
  Object.entries(parametersOf(learnerKinds.get("mlp"))).map(([name, { fallback }]) => [name, fallback]),
);
const modelOf = (change: Partial<ModelConfig<"mlp">> = {}): ModelConfig<"mlp"> => ({
  ...({ objective: "binary", learner: "mlp", seed: 0, ...defaults } as ModelConfig<"mlp">),
  ...change,
});

const columns: readonly FitColumn[] = [
  { name: "plain" },
  { name: "skewed" },
  { name: "colour", categories: 5 },
  { name: "always" },
  { name: "never" },
  { name: "shape", categories: 3 },
];

/**
 * Rows whose label is likelier with a high `plain`, a high `skewed` and a colour of the first two. A fifth of the values are
 * missing, all of `never`; `always` has one value.
 */
function world(rows: number, seed: number): { readonly matrix: TrainingMatrix; readonly margins: Float64Array } {
  const next = random(seed);
  const features = new Float32Array(rows * columns.length);
  const labels = new Float32Array(rows);
  const margins = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const plain = next() + next() + next() - 1.5;
    const skewed = Math.exp(6 * (next() - 0.5)) * (next() < 0.5 ? -1 : 1);
    const [colour, shape] = [Math.floor(next() * 5), Math.floor(next() * 3)];
    const given = [plain, skewed, colour, 7, Number.NaN, shape].map((value) => (next() < 0.2 ? Number.NaN : value));
    features.set(given, row * columns.length);
    margins[row] =
      2 * (given[0] || 0) +
      Math.sign(given[1] || 0) * Math.log1p(Math.abs(given[1] || 0)) +
      (given[2]! < 2 ? 1.5 : -0.5);
    labels[row] = next() < 1 / (1 + Math.exp(-margins[row]!)) ? 1 : 0;
  }
  return { matrix: { features, labels, rows, columns: columns.length }, margins };
}

const train = world(4000, 1).matrix;
const other = world(1000, 2);
const small = modelOf({ hidden: [16, 8], epochs: 8, learningRate: 0.003, weightDecay: 0.1 });

const fit = (
  model: ModelConfig<"mlp">,
  given: TrainingMatrix = train,
  holdout = other.matrix,
  how = fitModel,
): Promise<FittedModel> => {
  const label = { name: "bought", objective: model.objective };
  return how({ train: given, holdout, inputs: columns, label, model, metadata: { made: "here" } });
};

/** The training's own predictions, without a file. */
function trained(model: ModelConfig<"mlp">, given: TrainingMatrix, { features, rows }: TrainingMatrix): Float32Array {
  const plan = planInputs(given.features, given.rows, given.columns, columns);
  const inputs = makeInputs(given.features, given.rows, given.columns, plan);
  const targets = [{ objective: model.objective, values: given.labels }];
  const { network } = trainNetwork({ plan, train: { inputs, targets }, settings: model });
  return runNetwork(network, makeInputs(features, rows, given.columns, plan)).map(sigmoid);
}

const largest = (one: Float32Array, two: ArrayLike<number>): number =>
  one.reduce((most, value, at) => Math.max(most, Math.abs(value - two[at]!)), 0);

describe("a network of a binary label", () => {
  const fitted = fit(small);

  test("learns numbers, skewed numbers and categories nearly as well as the truth is known", async () => {
    const { predictions } = await fitted;
    const truth = Float32Array.from(other.margins, (margin) => 1 / (1 + Math.exp(-margin)));
    const { labels } = other.matrix;
    const [found, best] = [predictions, truth].map((some) => evaluate(some, labels, "binary")["auc"]!);
    expect(best! - found!).toBeLessThan(0.015);
    expect(found).toBeGreaterThan(0.75);
  });

  test("served here and by ONNX Runtime the file predicts what the training's own network predicts, for missing and unseen values too", async () => {
    const { onnx } = await fitted;
    const extremes = [1e38, -1e38, 1e-38, 0, Number.NaN, 123_456.7];
    const rows = extremes.length ** 2;
    const unseen = Float32Array.from({ length: rows * columns.length }, (_, at) => {
      const [row, column] = [Math.floor(at / columns.length), at % columns.length];
      if (column === 2 || column === 5) return row % 3 === 0 ? Number.NaN : row % 3;
      return extremes[(column === 0 ? row : Math.floor(row / extremes.length)) % extremes.length]!;
    });
    const served = openGraph(onnx) as Predictor;
    const runtime = await openOnnxModel(onnx);
    for (const [features, rowCount] of [
      [other.matrix.features, other.matrix.rows],
      [unseen, rows],
    ] as const) {
      const own = trained(small, train, { ...other.matrix, features, rows: rowCount });
      for (const model of [served, runtime]) {
        const [scores] = await model.predict(features, rowCount);
        expect(scores!.every((score) => score >= 0 && score <= 1)).toBe(true);
        expect(largest(scores!, own)).toBeLessThan(1e-5);
      }
    }
    await runtime.release();
    expect(unseen.some(Number.isNaN)).toBe(true);
  });

  test("the same rows and seed give the same bytes, in a thread too; another seed gives others", async () => {
    const { onnx } = await fitted;
    const again = await fit(small, train, other.matrix, fitInWorker);
    expect(sha256(again.onnx)).toBe(sha256(onnx));
    expect(sha256((await fit({ ...small, seed: 1 })).onnx)).not.toBe(sha256(onnx));
  });

  test("its bytes are these on every machine", async () => {
    const { onnx } = await fit({ ...small, epochs: 1, dropout: 0.1 });
    expect(sha256(onnx)).toMatchInlineSnapshot(`"23e63f2be3ea8b7a081de104d8aa8476631f4ffe5ee14d4fbcbab0a6e53e79a2"`);
  });

  test("columns that tell nothing have no share, those that the label depends on have most of it", async () => {
    const { importance } = await fitted;
    expect(importance.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 10);
    expect(importance.slice(3, 5).every((share) => share < 0.02)).toBe(true);
    expect(importance[0]! + importance[1]! + importance[2]!).toBeGreaterThan(0.9);
  });

  test("progress counts the epochs", async () => {
    const seen: (readonly [number, number])[] = [];
    const label = { name: "bought", objective: "binary" as const };
    const model = { ...small, epochs: 3 };
    const request = { train, holdout: other.matrix, inputs: columns, label, model, metadata: {} };
    await fitModel(request, (done, total) => seen.push([done, total]));
    expect(seen).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });
});

test("a category that no row of the training had is predicted as a missing one", async () => {
  const { onnx } = await fit(small);
  const scorer = await loadScorer(onnx);
  const rows = [0, Number.NaN].map((colour) => [0.3, 2, colour, 7, Number.NaN, 1]);
  const [[known, missing]] = (await scorer.score(Float32Array.from(rows.flat()), 2)) as [Float32Array];
  await scorer.release();
  // Of the missing ones two of five are of the first two colours.
  expect(known!).toBeGreaterThan(missing!);
});

describe("a network of a number", () => {
  const scale = 1000;
  const labels = Float32Array.from({ length: train.rows }, (_, row) => {
    const [plain, colour] = [train.features[row * columns.length]!, train.features[row * columns.length + 2]!];
    return scale * (5 + (Number.isNaN(plain) ? 0 : plain * plain) + (colour === 1 ? 2 : 0));
  });
  const matrix = { ...train, labels };
  const model = modelOf({ ...small, objective: "regression" });

  test("predicts it in its own unit", async () => {
    const { predictions } = await fit(model, matrix, matrix);
    expect(Math.sqrt(evaluate(predictions, labels, "regression")["mse"]!)).toBeLessThan(0.35 * scale);
    expect(sha256((await fit(model, matrix, matrix)).onnx)).toBe(sha256((await fit(model, matrix)).onnx));
  });

  test("that is always the same predicts that", async () => {
    const same = { ...train, labels: labels.map(() => -40) };
    const { predictions, importance } = await fit({ ...model, epochs: 1 }, same, same);
    expect(largest(predictions, new Float32Array(train.rows).fill(-40))).toBeLessThan(1e-3);
    expect(importance).toEqual(columns.map(() => 0));
  });
});

test.each([0, 1])("labels that are all %d give nearly that rate", async (label) => {
  const { predictions } = await fit(small, { ...train, labels: train.labels.map(() => label) });
  expect(largest(predictions, new Float32Array(other.matrix.rows).fill(label))).toBeLessThan(1e-4);
});

test("rows with weight 0 are as if they were not there, and a weight counts like so many rows", async () => {
  const labels = train.labels.map((label, row) => (row % 2 === 0 ? label : 1 - label));
  const weights = Float32Array.from({ length: train.rows }, (_, row) => (row % 2 === 0 ? 3 : 0));
  const { predictions } = await fit({ ...small, epochs: 24 }, { ...train, labels, weights });
  expect(evaluate(predictions, other.matrix.labels, "binary")["auc"]).toBeGreaterThan(0.75);
  const unweighted = await fit({ ...small, epochs: 24 }, { ...train, labels });
  expect(evaluate(unweighted.predictions, other.matrix.labels, "binary")["auc"]).toBeLessThan(0.65);
});

test("rows and columns that have next to nothing in them are learnt from, too", async () => {
  const nothing = { features: new Float32Array(6).fill(Number.NaN), labels: Float32Array.of(1), rows: 1, columns: 6 };
  const { predictions } = await fit(small, nothing);
  expect(predictions.every((prediction) => prediction > 0.5)).toBe(true);
  const matrix = { features: Float32Array.of(4, 4, 4), labels: Float32Array.of(0, 1, 1), rows: 3, columns: 1 };
  const label = { name: "bought", objective: "binary" as const };
  const request = { train: matrix, holdout: matrix, inputs: [{ name: "one" }], label, model: small, metadata: {} };
  expect((await fitModel(request)).predictions[0]).toBeCloseTo(2 / 3, 1);
});

test("with validation it stops when the newest rows are predicted no better, and keeps the best epoch", async () => {
  const few = {
    ...train,
    rows: 300,
    features: train.features.subarray(0, 300 * 6),
    labels: train.labels.subarray(0, 300),
  };
  const greedy = modelOf({ hidden: [64], epochs: 200, batch: 16, learningRate: 0.01, weightDecay: 0 });
  let epochs = 0;
  const label = { name: "bought", objective: "binary" as const };
  const request = { train: few, holdout: other.matrix, inputs: columns, label, metadata: {} };
  const stopped = await fitModel({ ...request, model: { ...greedy, validation: 0.3 } }, () => epochs++);
  const unstopped = await fitModel({ ...request, model: greedy });
  const lossOf = ({ predictions }: FittedModel): number =>
    evaluate(predictions, other.matrix.labels, "binary")["logLoss"]!;
  expect(epochs).toBeLessThan(40);
  expect(lossOf(stopped)).toBeLessThan(0.8 * lossOf(unstopped));
});

describe("several labels at once", () => {
  const twice: FitInput<"mlp"> = {
    ...{ features: train.features, rows: train.rows, columns: 6, inputs: columns, metadata: {} },
    labels: [
      { name: "bought", objective: "binary", values: train.labels },
      { name: "price", objective: "regression", values: train.labels.map((label) => 50 + 20 * label) },
      {
        name: "half",
        objective: "binary",
        values: train.labels.map((label, row) => (row % 2 === 0 ? label : Number.NaN)),
      },
    ],
    model: small,
  };

  test("are outputs of one network, each learnt from the rows that have it", async () => {
    const { onnx } = await learnerNamed("mlp").fit(twice as FitInput);
    const scorer = await loadScorer(onnx);
    const scores = await scorer.score(other.matrix.features, other.matrix.rows);
    await scorer.release();
    expect(scorer.outputs).toEqual(["bought", "price", "half"]);
    for (const at of [0, 1, 2]) {
      expect(auc(other.matrix.labels, scores[at]!)).toBeGreaterThan(0.75);
    }
  });
});

test("steps that are too large for numbers say which parameter to change", async () => {
  const labels = train.labels.map((label) => label * 1e30);
  const wild = modelOf({
    hidden: [8, 8, 8, 8],
    objective: "regression",
    learningRate: 1,
    epochs: 50,
    batch: 8,
    weightDecay: 1000,
  });
  await expect(fit(wild, { ...train, labels })).rejects.toThrow("set model.learningRate below 1");
});

test("a network that no memory holds says what to make smaller", async () => {
  const inputs = columns.map((column) =>
    column.categories === undefined ? column : { ...column, categories: 50_000_000 },
  );
  const label = { name: "bought", objective: "binary" as const };
  const fitted = fitModel({ train, holdout: other.matrix, inputs, label, model: small, metadata: {} });
  await expect(fitted).rejects.toThrow("make model.hidden narrower");
});
