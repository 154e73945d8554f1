import { expect, test } from "vitest";
import { createWorkerLearner, createXgboostLearner } from "../../trainer/index.ts";
import { referenceCase } from "../fixtures/xgboost/reference.ts";

const { train, all, params } = referenceCase("binary-subsample");
const learner = createWorkerLearner();

test("a worker gives the bytes and predictions the calling thread gives", async () => {
  const expected = await createXgboostLearner().fit(train, all, params, { seed: "11" });
  const fitted = await learner.fit(train, all, params, { seed: "11" });
  expect(fitted.onnx).toEqual(expected.onnx);
  expect(fitted.predictions).toEqual(expected.predictions);
  expect(fitted.importance).toEqual(expected.importance);
});

test("a timer keeps firing between the rounds of a training", async () => {
  let ticks = 0;
  const ticksAtRound: number[] = [];
  const timer = setInterval(() => ticks++, 1);
  await learner.fit(train, all, { ...params, rounds: 400 }, {}, () => ticksAtRound.push(ticks));
  clearInterval(timer);
  expect(ticksAtRound).toHaveLength(400);
  expect(ticksAtRound.at(-1)! - ticksAtRound[0]!).toBeGreaterThan(10);
});

test("an error in the worker comes back as an Error with its message", async () => {
  const features = train.features.with(0, Infinity);
  const failed = learner.fit({ ...train, features }, all, params, {});
  await expect(failed).rejects.toThrow(Error);
  await expect(failed).rejects.toThrow("Input data contains `inf`");
});

test("throwing from onProgress ends the fit with that error", async () => {
  const onProgress = (): void => {
    throw new Error("enough");
  };
  await expect(learner.fit(train, all, params, {}, onProgress)).rejects.toThrow("enough");
});

test("the caller keeps its arrays, and a view is not confused with its buffer", async () => {
  const whole = new Float32Array(train.features.length + 5).fill(99);
  whole.set(train.features, 5);
  const viewed = await learner.fit({ ...train, features: whole.subarray(5) }, all, params, {});
  const plain = await learner.fit(train, all, params, {});
  expect(viewed.onnx).toEqual(plain.onnx);
  expect(train.features).toHaveLength(train.rows * train.columns);
});

test("with transfer the arrays move into the worker, shared ones stay", async () => {
  const expected = await learner.fit(train, train, params, {});
  const shared = new Float32Array(new SharedArrayBuffer(train.features.byteLength));
  shared.set(train.features);
  const matrix = { ...train, features: shared, labels: train.labels.slice(), weights: train.weights!.slice() };
  const moved = await createWorkerLearner({ transfer: true }).fit(matrix, matrix, params, {});
  expect(matrix.labels).toHaveLength(0);
  expect(matrix.weights).toHaveLength(0);
  expect(shared).toHaveLength(train.features.length);
  expect(moved.onnx).toEqual(expected.onnx);
});
