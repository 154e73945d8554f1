import { expect, test } from "vitest";
import { loadScorer } from "../../../serving/index.ts";
import { onnxFromTrees } from "../../../trainer/onnx/index.ts";
import { loadXgboost, parseModel, type TreeModel } from "../../../trainer/xgboost/index.ts";
import { largestDifference, referenceCase } from "../../fixtures/xgboost/reference.ts";

/** column 0 < 0.5 → column 1 < −1 (missing left) → 1 | 2, else 4 (missing right) */
const byHand: TreeModel = {
  objective: "reg:squarederror",
  columns: 2,
  baseScore: 10,
  trees: [
    {
      left: [1, 3, -1, -1, -1],
      right: [2, 4, -1, -1, -1],
      column: [0, 1, 0, 0, 0],
      condition: [0.5, -1, 4, 1, 2],
      missingLeft: [false, true, false, false, false],
      gain: [1, 1, 0, 0, 0],
    },
  ],
};

async function score(model: TreeModel, features: Float32Array): Promise<Float32Array> {
  const scorer = await loadScorer(onnxFromTrees(model, {}));
  const scores = (await scorer.score(features, features.length / model.columns))[0]!;
  await scorer.release();
  return scores;
}

test("below a threshold goes left, at it and above goes right, missing goes where the split says", async () => {
  const rows = [
    [0.4, -2],
    [0.4, -1],
    [0.5, -2],
    [0.4, NaN],
    [NaN, -2],
  ];
  expect(await score(byHand, Float32Array.from(rows.flat()))).toEqual(Float32Array.of(11, 12, 14, 11, 14));
});

test("a binary model's base score enters as a margin before the sigmoid", async () => {
  const binary = { ...byHand, objective: "binary:logistic", baseScore: 0.2 };
  const [left] = await score(binary, Float32Array.of(0.4, -2));
  expect(left).toBeCloseTo(1 / (1 + Math.exp(-(Math.log(0.2 / 0.8) + 1))), 6);
});

test.each(["binary", "regression"])("rows exactly at every threshold score as the %s booster does", async (name) => {
  const { train, params } = referenceCase(name);
  const objective = name === "binary" ? "binary:logistic" : "reg:squarederror";
  const xgboost = await loadXgboost();
  const booster = xgboost.train({
    ...train,
    params: { objective, tree_method: "hist", max_depth: params.depth, eta: params.learningRate },
    rounds: 40,
  });
  const model = parseModel(booster.toJson());
  const splits = model.trees.flatMap((tree) =>
    tree.left.flatMap((child, node) => (child < 0 ? [] : [{ column: tree.column[node]!, at: tree.condition[node]! }])),
  );
  const features = new Float32Array(splits.length * model.columns);
  splits.forEach(({ column, at }, row) => {
    const start = (row % train.rows) * model.columns;
    features.set(train.features.subarray(start, start + model.columns), row * model.columns);
    features[row * model.columns + column] = at;
  });
  expect(splits.length).toBeGreaterThan(300);
  const expected = booster.predict(features, splits.length);
  const scale = Math.max(1, ...expected);
  expect(largestDifference(await score(model, features), expected) / scale).toBeLessThanOrEqual(1e-5);
});

test("the same model gives the same bytes, whatever the order of the metadata's keys", () => {
  const bytes = onnxFromTrees(byHand, { blueprint: "7", seed: "0" });
  expect(onnxFromTrees(byHand, { seed: "0", blueprint: "7" })).toEqual(bytes);
  expect(onnxFromTrees(byHand, { seed: "1", blueprint: "7" })).not.toEqual(bytes);
});

test("an objective without an ONNX form is refused", () => {
  expect(() => onnxFromTrees({ ...byHand, objective: "count:poisson" }, {})).toThrow("count:poisson");
});
