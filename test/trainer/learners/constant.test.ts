import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import type { Objective } from "../../../blueprints/index.ts";
import { loadScorer } from "../../../serving/index.ts";
import { fitModel } from "../../../trainer/index.ts";

const none = { features: new Float32Array(0), labels: new Float32Array(0), rows: 0, columns: 2 };

const constantOf = async (
  objective: Objective,
  labels: Float32Array,
  weights?: Float32Array,
): Promise<readonly number[]> => {
  const train = { features: new Float32Array(2 * labels.length).fill(7), labels, rows: labels.length, columns: 2 };
  const { onnx, importance } = await fitModel({
    train: { ...train, ...(weights && { weights }) },
    holdout: none,
    label: { name: "late", objective },
    model: { objective, learner: "constant", seed: 0 },
    metadata: { label: "late" },
  });
  expect(importance).toEqual([0, 0]);
  const features = Float32Array.of(0, 0, Number.NaN, 1e30, 3, Number.NaN);
  const scorer = await loadScorer(onnx);
  const [served] = await scorer.score(features, 3);
  await scorer.release();
  const session = await InferenceSession.create(onnx);
  const found = (await session.run({ features: new Tensor("float32", features, [3, 2]) }))["prediction"]!;
  await session.release();
  expect([...(found.data as Float32Array)].map((each) => each.toFixed(6))).toEqual(
    [...served!].map((each) => each.toFixed(6)),
  );
  return [...served!];
};

test.each<readonly [Objective, readonly number[], readonly number[] | undefined, number]>([
  ["binary", [1, 0, 0, 0], undefined, 0.25],
  ["binary", [1, 0, 0, 0], [3, 1, 1, 1], 0.5],
  ["regression", [10, 20, 60], undefined, 30],
  ["regression", [10, 20, 60], [1, 1, 0], 15],
])("the mean of %s labels %j with weights %j, whatever the features", async (objective, labels, weights, mean) => {
  const found = await constantOf(objective, Float32Array.from(labels), weights && Float32Array.from(weights));
  for (const each of found) expect(each).toBeCloseTo(mean, 5);
});

test.each([
  [0, 1e-6],
  [1, 1 - 1e-6],
])("labels of one class stay off the end: %s", async (label, expected) => {
  for (const each of await constantOf("binary", new Float32Array(5).fill(label))) expect(each).toBeCloseTo(expected, 7);
});
