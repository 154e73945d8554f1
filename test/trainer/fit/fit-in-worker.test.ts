import { expect, test } from "vitest";
import type { ModelConfig } from "../../../blueprints/index.ts";
import type { TrainingMatrix } from "../../../rows/index.ts";
import { fitInWorker, type FittedModel } from "../../../trainer/index.ts";
import { fit, referenceCase } from "../../fixtures/xgboost/reference.ts";

const { train, all, params } = referenceCase("binary-subsample");

const inWorker = (
  train: TrainingMatrix,
  holdout: TrainingMatrix,
  model: ModelConfig,
  metadata: Readonly<Record<string, string>>,
  onProgress?: (done: number, total: number) => void,
): Promise<FittedModel> => fit(train, holdout, model, metadata, onProgress, fitInWorker);

test("a worker gives the bytes and predictions the calling thread gives", async () => {
  const expected = await fit(train, all, params, { seed: "11" });
  const fitted = await inWorker(train, all, params, { seed: "11" });
  expect(fitted.onnx).toEqual(expected.onnx);
  expect(fitted.predictions).toEqual(expected.predictions);
  expect(fitted.importance).toEqual(expected.importance);
});

test("a timer keeps firing between the rounds of a training", async () => {
  let ticks = 0;
  const ticksAtRound: number[] = [];
  const timer = setInterval(() => ticks++, 1);
  await inWorker(train, all, { ...params, rounds: 400 }, {}, () => ticksAtRound.push(ticks));
  clearInterval(timer);
  expect(ticksAtRound).toHaveLength(400);
  expect(ticksAtRound.at(-1)! - ticksAtRound[0]!).toBeGreaterThan(10);
});

test("an error in the worker comes back as an Error with its message", async () => {
  const features = train.features.with(0, Infinity);
  const failed = inWorker({ ...train, features }, all, params, {});
  await expect(failed).rejects.toThrow(Error);
  await expect(failed).rejects.toThrow("Input data contains `inf`");
});

test("throwing from onProgress ends the fit with that error", async () => {
  const onProgress = (): void => {
    throw new Error("enough");
  };
  await expect(inWorker(train, all, params, {}, onProgress)).rejects.toThrow("enough");
});

test("the caller keeps its arrays, and a view is not confused with its buffer", async () => {
  const whole = new Float32Array(train.features.length + 5).fill(99);
  whole.set(train.features, 5);
  const viewed = await inWorker({ ...train, features: whole.subarray(5) }, all, params, {});
  const plain = await inWorker(train, all, params, {});
  expect(viewed.onnx).toEqual(plain.onnx);
  expect(train.features).toHaveLength(train.rows * train.columns);
});
