import { createHash } from "node:crypto";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { learnerKinds, parametersOf, type ModelConfig, type Objective } from "../../../blueprints/index.ts";
import type { TrainingMatrix } from "../../../rows/index.ts";
import { loadScorer } from "../../../serving/index.ts";
import { pinballLoss, weightedQuantile } from "../../../statistics/index.ts";
import { evaluate, fitModel, type FittedModel } from "../../../trainer/index.ts";
import type { FitColumn } from "../../../trainer/learners/learner.ts";
import { random } from "../../blueprints/random.ts";

const columns: readonly FitColumn[] = [{ name: "plain" }, { name: "colour", categories: 4 }, { name: "spread" }];

/** Minutes around a centre that `plain` and a colour move, with a tail above it that is as long as `spread` says. */
function world(rows: number, seed: number): TrainingMatrix {
  const next = random(seed);
  const features = new Float32Array(rows * columns.length);
  const labels = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const [plain, colour, spread] = [next() * 4 - 2, Math.floor(next() * 4), next()];
    const known = [plain, colour, spread].map((value) => (next() < 0.1 ? Number.NaN : value));
    features.set(known, row * columns.length);
    labels[row] = 100 + 20 * (known[0] || 0) + (known[1] === 1 ? 15 : 0) - 40 * (known[2] || 0.5) * Math.log(next());
  }
  return { features, labels, rows, columns: columns.length };
}

const train = world(4000, 1);
const later = world(2000, 2);

const modelOf = (learner: ModelConfig["learner"], objective: Objective, change: object = {}): ModelConfig => {
  const unsaid = Object.entries(parametersOf(learnerKinds.get(learner))).map(([name, { fallback }]) => [
    name,
    fallback,
  ]);
  return { objective, learner, seed: 0, ...Object.fromEntries(unsaid), ...change } as ModelConfig;
};

const fit = (model: ModelConfig, given = train): Promise<FittedModel> =>
  fitModel({
    ...{ train: given, holdout: later, inputs: columns, model, metadata: { made: "here" } },
    label: { name: "minutes", objective: model.objective },
  });

const below = (predictions: Float32Array): number =>
  later.labels.reduce((count, label, row) => count + (label <= predictions[row]! ? 1 : 0), 0) / later.rows;

/** Rows with all that a decision may lack or bring anew. */
const strange = Float32Array.of(
  ...[Number.NaN, Number.NaN, Number.NaN],
  ...[1, Number.NaN, 0.5, 1e30, 3, -1e30],
  ...[-1.5, 2, Number.NaN, 0, 0, 0],
);

describe.each<readonly [ModelConfig["learner"], object]>([
  ["xgboost", { rounds: 80 }],
  ["mlp", { epochs: 12, hidden: [32, 16], weightDecay: 0.1, learningRate: 0.003 }],
])("a quantile learnt by %s", (learner, change) => {
  test.each([0.1, 0.5, 0.9])(
    "%d: so large a share of later labels lies below it, and it beats a constant",
    async (share) => {
      const { predictions } = await fit(modelOf(learner, `quantile(${share})`, change));
      expect(Math.abs(below(predictions) - share)).toBeLessThan(0.04);
      const constant = new Float32Array(later.rows).fill(weightedQuantile(train.labels, undefined, share));
      const [own, other] = [predictions, constant].map((some) => pinballLoss(later.labels, some, share));
      expect(own!).toBeLessThan(0.75 * other!);
    },
  );

  test("is served as ONNX Runtime predicts it, for missing and unseen values too, and has the same bytes again", async () => {
    const model = modelOf(learner, "quantile(0.9)", change);
    const { onnx } = await fit(model);
    const again = await fit(model);
    const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
    expect(sha256(again.onnx)).toBe(sha256(onnx));
    for (const features of [strange, later.features]) {
      const rows = features.length / columns.length;
      const scorer = await loadScorer(onnx);
      const [served] = await scorer.score(features, rows);
      await scorer.release();
      const session = await InferenceSession.create(onnx);
      const input = { features: new Tensor("float32", features, [rows, columns.length]) };
      const found = (await session.run(input))["prediction"]!.data as Float32Array;
      await session.release();
      // float32 carries seven digits: of minutes beyond 100 they end two places earlier.
      for (const [row, value] of served!.entries()) expect(Math.abs(value - found[row]!) / 100).toBeLessThan(1e-5);
    }
  });
});

test("a search learns it, and blends quantiles by their mean", async () => {
  const { predictions, search } = await fit(modelOf("auto", "quantile(0.9)", { trials: 3 }), world(800, 3));
  expect(new Set(search!.trials.map(({ learner }) => learner))).toEqual(new Set(["xgboost", "mlp", "constant"]));
  expect(search!.chosen.length).toBeGreaterThan(0);
  expect(Math.abs(below(predictions) - 0.9)).toBeLessThan(0.06);
});

test("a constant is the quantile of the labels, by their weights", async () => {
  const labels = Float32Array.of(5, 1, 3, 2, 4);
  const given = { features: new Float32Array(15), labels, rows: 5, columns: 3 };
  const constantOf = async (share: number, weights?: Float32Array): Promise<number> => {
    const model = modelOf("constant", `quantile(${share})`);
    const { predictions } = await fit(model, { ...given, ...(weights && { weights }) });
    return predictions[0]!;
  };
  expect(await constantOf(0.5)).toBe(3);
  expect(await constantOf(0.9)).toBe(5);
  expect(await constantOf(0.5, Float32Array.of(0, 1, 1, 10, 1))).toBe(2);
});

test("the metrics of a quantile are its pinball loss, and of the median the absolute error, too", () => {
  const [labels, predictions] = [Float32Array.of(1, 2, 10), Float32Array.of(2, 2, 4)];
  expect(evaluate(predictions, labels, "quantile(0.9)")).toEqual({
    pinball: expect.closeTo((0.1 * 1 + 0.9 * 6) / 3, 6) as number,
  });
  expect(evaluate(predictions, labels, "quantile(0.5)")).toEqual({
    pinball: expect.closeTo(7 / 6, 6) as number,
    mae: expect.closeTo(7 / 3, 6) as number,
  });
  expect(evaluate(predictions, labels, "quantile(0.5)", Float32Array.of(3, 1, 0))["mae"]).toBeCloseTo(0.75, 6);
});
