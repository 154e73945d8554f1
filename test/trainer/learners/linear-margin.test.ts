import { describe, expect, test } from "vitest";
import { learnerKinds, parametersOf, type ModelConfig } from "../../../blueprints/index.ts";
import type { TrainingMatrix } from "../../../rows/index.ts";
import { loadScorer, sha256 } from "../../../serving/index.ts";
import { openGraph } from "../../../serving/graph/graph-model.ts";
import { openOnnxModel } from "../../../serving/onnx/onnx-session.ts";
import type { Predictor } from "../../../serving/onnx/predictor.ts";
import { evaluate, fitInWorker, fitModel, type FittedModel } from "../../../trainer/index.ts";
import { learnerNamed } from "../../../trainer/learners/index.ts";
import type { FitColumn, FitInput } from "../../../trainer/learners/learner.ts";
import { random } from "../../blueprints/random.ts";

const defaults = Object.fromEntries(
  Object.entries(parametersOf(learnerKinds.get("xgboost"))).map(([name, { fallback }]) => [name, fallback]),
);
const modelOf = (change: Partial<ModelConfig<"xgboost">> = {}): ModelConfig<"xgboost"> => ({
  ...({ objective: "binary", learner: "xgboost", seed: 0, ...defaults } as ModelConfig<"xgboost">),
  ...{ rounds: 40, depth: 3, learningRate: 0.2, margin: "linear", marginL2: 1 },
  ...change,
});
const columns: readonly FitColumn[] = [
  { name: "steep" },
  { name: "up" },
  { name: "down" },
  { name: "slow" },
  { name: "left" },
  { name: "right" },
  { name: "colour", categories: 3 },
  { name: "noise" },
];
const logistic = (margin: number): number => 1 / (1 + Math.exp(-margin));

/** The first four act along lines, `left` and `right` only where both are high or both are low, and a colour adds something. */
function world(rows: number, seed: number): TrainingMatrix & { readonly margins: Float32Array } {
  const next = random(seed);
  const features = new Float32Array(rows * columns.length);
  const [labels, margins] = [new Float32Array(rows), new Float32Array(rows)];
  for (let row = 0; row < rows; row++) {
    const given = Array.from({ length: 6 }, () => 2 * next() - 1).concat(Math.floor(3 * next()), next());
    const [steep = 0, up = 0, down = 0, slow = 0, left = 0, right = 0, colour = 0] = given;
    const together = Math.sign(left) * Math.sign(right);
    margins[row] = 2 * steep + up - down + 0.5 * slow + together + (colour === 2 ? 1 : 0);
    features.set(
      given.map((value) => (next() < 0.05 ? Number.NaN : value)),
      row * columns.length,
    );
    labels[row] = next() < logistic(margins[row]!) ? 1 : 0;
  }
  return { features, labels, margins, rows, columns: columns.length };
}

const train = world(4_000, 1);
const other = world(2_000, 2);
const fit = (model = modelOf(), given: TrainingMatrix = train, how = fitModel): Promise<FittedModel> => {
  const label = { name: "bought", objective: model.objective };
  return how({ train: given, holdout: other, inputs: columns, label, model, metadata: { made: "here" } });
};
const logLoss = ({ predictions }: FittedModel): number => evaluate(predictions, other.labels, "binary")["logLoss"]!;
const logit = (chance: number): number => Math.log(chance / (1 - chance));

describe("trees on lines", () => {
  const fitted = fit();

  test("are better than trees alone and than lines alone, where both are in the truth", async () => {
    const alone = await fit(modelOf({ margin: "none" }));
    const lines = await fit(modelOf({ rounds: 1, learningRate: 1e-4 }));
    const truth = evaluate(Float32Array.from(other.margins, logistic), other.labels, "binary")["logLoss"]!;
    const loss = logLoss(await fitted);
    expect(loss).toBeLessThan(logLoss(alone) - 0.005);
    expect(loss).toBeLessThan(logLoss(lines) - 0.03);
    expect(loss - truth).toBeLessThan(0.06);
  });

  test("are one file, run here in one pass as by ONNX Runtime, for missing and far values too", async () => {
    const { onnx } = await fitted;
    const served = openGraph(onnx) as Predictor;
    const runtime = await openOnnxModel(onnx);
    const far = [1e38, -1e38, 0, Number.NaN, 7];
    const unseen = Float32Array.from({ length: 25 * columns.length }, (_, at) => {
      const [row, column] = [Math.floor(at / columns.length), at % columns.length];
      if (column === 6) return row % 4 === 3 ? Number.NaN : row % 4;
      return far[(column % 2 === 0 ? row : Math.floor(row / 5)) % 5]!;
    });
    for (const [features, rows] of [
      [other.features, other.rows],
      [unseen, 25],
    ] as const) {
      const [[mine], [theirs]] = [await served.predict(features, rows), await runtime.predict(features, rows)];
      for (const [row, value] of mine!.entries()) expect(Math.abs(value - theirs![row]!)).toBeLessThan(1e-5);
    }
    await runtime.release();
    const scorer = await loadScorer(onnx);
    expect([...(await scorer.score(other.features, other.rows))[0]!]).toEqual([...(await fitted).predictions]);
    expect(scorer.metadata).toEqual({ made: "here" });
    await scorer.release();
  });

  test("are the sum of the lines' log odds and the trees': with no step they are learner linear's model", async () => {
    const lines = await fit(modelOf({ rounds: 1, learningRate: 1e-4, marginBins: 8, marginL2: 3 }));
    const model = { objective: "binary", learner: "linear", l1: 0, l2: 3, bins: 8, seed: 0 } as ModelConfig<"linear">;
    const label = { name: "bought", objective: "binary" as const };
    const alone = await fitModel({ train, holdout: other, inputs: columns, label, model, metadata: {} });
    for (const [row, chance] of lines.predictions.entries()) {
      expect(Math.abs(logit(chance) - logit(alone.predictions[row]!))).toBeLessThan(1e-3);
    }
  });

  test("give the same bytes again, in a thread too; other lines give others", async () => {
    const { onnx } = await fitted;
    expect(sha256((await fit(modelOf(), train, fitInWorker)).onnx)).toBe(sha256(onnx));
    expect(sha256((await fit(modelOf({ marginL2: 5 }))).onnx)).not.toBe(sha256(onnx));
  });

  test("look at what the lines look at and at what the trees do, each by the loss that it saves", async () => {
    const { importance } = await fitted;
    expect(importance.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 10);
    const [steep, , , , left, right, , noise] = importance as [number, 0, 0, 0, number, number, 0, number];
    expect(steep).toBeGreaterThan(0.15);
    // Lines see nothing in these.
    expect(Math.min(left, right)).toBeGreaterThan(0.05);
    expect(noise).toBeLessThan(Math.min(left, right) - 0.01);
  });

  test("weigh rows in both parts: those with weight 0 are as if they were not there", async () => {
    const labels = train.labels.map((label, row) => (row % 2 === 0 ? label : 1 - label));
    const weights = Float32Array.from({ length: train.rows }, (_, row) => (row % 2 === 0 ? 1 : 0));
    expect(logLoss(await fit(modelOf(), { ...train, labels, weights }))).toBeLessThan(logLoss(await fitted) + 0.03);
  });

  test("stop by rows that judge, whose margins are the lines' too", async () => {
    const labels = [{ name: "bought", objective: "binary" as const, values: train.labels }];
    const model = modelOf({ rounds: 2_000 });
    const input = { ...train, inputs: columns, labels, model, metadata: {}, weights: undefined };
    const validation = { features: other.features, rows: other.rows, labels: [other.labels] };
    const learnt = await learnerNamed("xgboost").fit({ ...input, validation } as FitInput);
    expect(learnt.steps).toBeGreaterThan(5);
    expect(learnt.steps).toBeLessThan(500);
    const scorer = await loadScorer(learnt.onnx);
    const [predictions] = (await scorer.score(other.features, other.rows)) as [Float32Array];
    await scorer.release();
    const loss = evaluate(predictions, other.labels, "binary")["logLoss"]!;
    expect(loss).toBeLessThanOrEqual(logLoss(await fit(modelOf({ rounds: learnt.steps! }))) + 1e-6);
    expect(loss).toBeLessThan(logLoss(await fit(modelOf({ rounds: learnt.steps! + 200 }))));
  });
});

test("a number is boosted from its lines in its own unit", async () => {
  const labels = train.margins.map((margin) => 5_000 + 1_000 * margin);
  const holdout = { ...other, labels: other.margins.map((margin) => 5_000 + 1_000 * margin) };
  const label = { name: "spent", objective: "regression" as const };
  const errorOf = async (margin: "none" | "linear"): Promise<number> => {
    const model = modelOf({ objective: "regression", margin });
    const request = { train: { ...train, labels }, holdout, inputs: columns, label, model, metadata: {} };
    const { predictions, onnx } = await fitModel(request);
    const runtime = await openOnnxModel(onnx);
    const [theirs] = await runtime.predict(other.features, other.rows);
    await runtime.release();
    for (const [row, value] of predictions.entries()) expect(Math.abs(value / theirs![row]! - 1)).toBeLessThan(1e-4);
    return Math.sqrt(evaluate(predictions, holdout.labels, "regression")["mse"]!);
  };
  const [boosted, alone] = [await errorOf("linear"), await errorOf("none")];
  expect(boosted).toBeLessThan(alone);
  expect(boosted).toBeLessThan(700);
});

test("lines that do not converge say which key of the trees to raise", async () => {
  const labels = Float32Array.from({ length: 6 }, (_, row) => (row < 3 ? 0 : 1));
  const features = Float32Array.from({ length: 6 * columns.length }, (_, at) => Math.floor(at / columns.length) * 1e6);
  const apart = { features, labels, rows: 6, columns: columns.length };
  const numbers = columns.map(({ name }) => ({ name }));
  const label = { name: "bought", objective: "binary" as const };
  const model = modelOf({ marginL2: 0 });
  const fitted = fitModel({ train: apart, holdout: apart, inputs: numbers, label, model, metadata: {} });
  const outcome = await fitted.then(
    () => "converged",
    (error: Error) => error.message,
  );
  expect(outcome === "converged" || outcome.includes("raise model.marginL2 (it is 0)")).toBe(true);
});

test("lines learn no quantiles, and so trees on lines don't", async () => {
  const labels = train.margins.slice();
  const label = { name: "spent", objective: "quantile(0.9)" as const };
  const request = {
    train: { ...train, labels },
    holdout: other,
    inputs: columns,
    label,
    model: modelOf(),
    metadata: {},
  };
  await expect(fitModel(request)).rejects.toThrow(
    "model.margin linear can't start from lines of objective quantile(0.9) (spent): leave margin out, or use binary or regression",
  );
});
