import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { ModelConfig } from "../../../blueprints/index.ts";
import type { TrainingMatrix } from "../../../rows/index.ts";
import { recordLimits } from "../../../schemas/index.ts";
import { loadScorer } from "../../../serving/index.ts";
import { xgboostParams } from "../../../trainer/learners/xgboost.ts";
import { loadXgboost } from "../../../trainer/xgboost/index.ts";
import { random } from "../../blueprints/random.ts";
import { fit, largestDifference, referenceCase, referenceCases } from "../../fixtures/xgboost/reference.ts";

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** The booster's own predictions, without a file. */
async function boosted(
  train: TrainingMatrix,
  { features, rows }: TrainingMatrix,
  model: ModelConfig<"xgboost">,
): Promise<Float32Array> {
  const library = await loadXgboost();
  const booster = library.train({ ...train, params: xgboostParams(model, model.objective), rounds: model.rounds });
  const predictions = booster.predict(features, rows);
  booster.free();
  return predictions;
}

describe.each(referenceCases())("trained like native XGBoost: $name", (reference) => {
  const fitted = fit(reference.train, reference.all, reference.params, { model: reference.name });
  // float32 carries seven digits: the tolerance of 1e-5 is for numbers up to 1, and grows with the labels.
  const scale = Math.max(1, ...reference.predictions);

  test("predictions equal the native library's", async () => {
    const { predictions } = await fitted;
    expect(largestDifference(predictions, reference.predictions) / scale).toBeLessThanOrEqual(1e-5);
  });

  test("the ONNX file predicts what the booster predicts, rows with missing values included", async () => {
    const { onnx, predictions } = await fitted;
    const booster = await boosted(reference.train, reference.all, reference.params);
    expect(reference.all.features.some(Number.isNaN)).toBe(true);
    expect(largestDifference(predictions, booster) / scale).toBeLessThanOrEqual(1e-5);
    const scorer = await loadScorer(onnx);
    await scorer.release();
    expect(scorer.metadata).toEqual({ model: reference.name });
    expect(scorer.columns).toBe(reference.all.columns);
  });

  test("gain shares equal the native library's and sum to 1", async () => {
    const { importance } = await fitted;
    expect(importance.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 10);
    expect(largestDifference(Float32Array.from(importance), reference.importance)).toBeLessThanOrEqual(1e-5);
  });

  test("the same rows and seed give the same ONNX bytes", async () => {
    const again = await fit(reference.train, reference.all, reference.params, { model: reference.name });
    expect(sha256(again.onnx)).toBe(sha256((await fitted).onnx));
  });
});

describe("fit", () => {
  const { train, all, params } = referenceCase("binary-subsample");
  const few = { ...params, rounds: 3 };

  test("another seed draws other rows and gives another model", async () => {
    const [one, other] = await Promise.all([
      fit(train, all, few, {}),
      fit(train, all, { ...few, seed: few.seed + 1 }, {}),
    ]);
    expect(sha256(one.onnx)).not.toBe(sha256(other.onnx));
  });

  test("progress counts every round up to the total", async () => {
    const seen: [number, number][] = [];
    await fit(train, all, few, {}, (done, total) => seen.push([done, total]));
    expect(seen).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });

  test("a holdout without rows gives a model and no predictions", async () => {
    const empty = { features: new Float32Array(0), labels: new Float32Array(0), rows: 0, columns: train.columns };
    const fitted = await fit(train, empty, few, {});
    expect(fitted.predictions).toHaveLength(0);
    expect(fitted.onnx.length).toBeGreaterThan(0);
  });

  test.each([0, 1])("labels that are all %d give that rate, no split and no importance", async (label) => {
    const labels = train.labels.map(() => label);
    const fitted = await fit({ ...train, labels }, all, few, {});
    const booster = await boosted({ ...train, labels }, all, few);
    expect(largestDifference(fitted.predictions, booster)).toBeLessThanOrEqual(1e-6);
    expect(Math.abs(fitted.predictions[0]! - label)).toBeLessThan(1e-4);
    expect(fitted.importance).toEqual(new Array<number>(train.columns).fill(0));
  });

  test.each([
    [{ depth: 0 }, "model.depth is 0; for learner xgboost it must be a whole number from 1 to 16"],
    [{ rounds: 1.5 }, "model.rounds is 1.5; for learner xgboost it must be a whole number from 1 to 10000"],
    [{ rounds: 10_001 }, "model.rounds is 10001"],
    [{ learningRate: 0 }, "model.learningRate is 0; for learner xgboost it must be a number from 0.0001 to 1"],
    [{ subsample: 1.1 }, "model.subsample is 1.1"],
    [{ l2: NaN }, "model.l2 is NaN"],
    [{ seed: -1 }, "model.seed is -1"],
  ])("%o is refused by name", async (change, message) => {
    await expect(fit(train, all, { ...params, ...change }, {})).rejects.toThrow(message);
  });

  test("a label outside the objective's range is refused with its row", async () => {
    const labels = train.labels.with(7, 3);
    await expect(fit({ ...train, labels }, all, few, {})).rejects.toThrow("row 7 has label 3");
  });

  test("columns that reach to the largest feature, are missing in part and have tiny values are predicted alike by booster and file", async () => {
    const next = random(5);
    const { largestFeature: largest } = recordLimits;
    const pool = [largest, -largest, Number.NaN, Number.NaN, 1e-45, -1e-40, 1e-38, 0, 1, -7];
    const [rows, columns] = [400, 3];
    const features = Float32Array.from({ length: rows * columns }, () => pool[Math.floor(next() * pool.length)]!);
    const labels = Float32Array.from({ length: rows }, (_, row) => {
      const [first, second] = [features[row * columns]!, features[row * columns + 1]!];
      if (Number.isNaN(first)) return Number.isNaN(second) ? 1 : 0;
      return first > 1 || (first > 0 && first < 1e-39) ? 1 : 0;
    });
    const matrix = { features, labels, rows, columns };
    const edges = { ...params, subsample: 1, minChildWeight: 0, rounds: 20 };
    const fitted = await fit(matrix, matrix, edges, {});
    expect(largestDifference(fitted.predictions, await boosted(matrix, matrix, edges))).toBeLessThanOrEqual(1e-6);
    expect(fitted.predictions.every((score, row) => score > 0.5 === (labels[row] === 1))).toBe(true);
  });

  test("no rows, other columns and wrong lengths are refused", async () => {
    const none = { features: new Float32Array(0), labels: new Float32Array(0), rows: 0, columns: train.columns };
    await expect(fit(none, all, few, {})).rejects.toThrow("no rows to train on");
    await expect(fit(train, { ...all, columns: 11 }, few, {})).rejects.toThrow("12 columns, holdout 11");
    await expect(fit({ ...train, rows: 10 }, all, few, {})).rejects.toThrow("train: 10 rows");
  });
});
