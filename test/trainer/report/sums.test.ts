import { describe, expect, test } from "vitest";
import { learnerKinds, parametersOf, type ModelConfig, type Objective } from "../../../blueprints/index.ts";
import type { TrainingMatrix } from "../../../rows/index.ts";
import { loadScorer, type Scorer } from "../../../serving/index.ts";
import { fitModel } from "../../../trainer/index.ts";
import type { FitColumn } from "../../../trainer/learners/learner.ts";
import { meanContributions } from "../../../trainer/report/mean-contributions.ts";
import { predictionParts } from "../../../trainer/report/prediction-parts.ts";
import { stepsOf } from "../../../trainer/report/tree-shap.ts";
import { xgboost } from "../../../trainer/learners/xgboost.ts";
import { onnxOfMargin } from "../../../trainer/onnx/index.ts";
import { loadXgboost, parseModel, type Tree, type TreeModel } from "../../../trainer/xgboost/index.ts";
import { check, loadLibrary, withScratch, word } from "../../../trainer/xgboost/library.ts";
import { createMatrix } from "../../../trainer/xgboost/matrix.ts";
import { predictMatrix } from "../../../trainer/xgboost/predict-matrix.ts";
import { random } from "../../blueprints/random.ts";

const COLUMNS = 4;
const inputs: readonly FitColumn[] = [
  { name: "x" },
  { name: "colour", categories: 3 },
  { name: "curved" },
  { name: "noise" },
];

function world(rows: number, seed: number, missing = 0.1): TrainingMatrix {
  const next = random(seed);
  const features = new Float32Array(rows * COLUMNS);
  const labels = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const given = [next() * 4, Math.floor(next() * 3), next() * 6, next()];
    labels[row] = 2 * given[0]! + [0, 3, -1][given[1]!]! + Math.sin(given[2]!) + 0.1 * next();
    features.set(
      given.map((value) => (next() < missing ? Number.NaN : value)),
      row * COLUMNS,
    );
  }
  const weights = Float32Array.from({ length: rows }, () => 0.5 + next());
  return { features, labels, rows, columns: COLUMNS, weights };
}

const given = world(1_500, 1);
const judging = world(300, 2);
/** Rows that are looked at. */
const NEWEST = 200;

function modelOf(learner: ModelConfig["learner"], change: object): ModelConfig {
  const unsaid = Object.entries(parametersOf(learnerKinds.get(learner))).map(([name, { fallback }]) => [
    name,
    fallback,
  ]);
  return { objective: "regression", learner, seed: 0, ...Object.fromEntries(unsaid), ...change } as ModelConfig;
}

const asked = (objective: Objective, model: ModelConfig) => {
  const labelled = (matrix: TrainingMatrix): TrainingMatrix =>
    objective === "binary" ? { ...matrix, labels: matrix.labels.map((label) => (label > 4 ? 1 : 0)) } : matrix;
  return {
    ...{ train: labelled(given), holdout: labelled(judging), inputs, label: { name: "y", objective }, model },
    ...{ metadata: {}, contributions: true },
  };
};

/** Predictions of a file where each row has one column of its own, and the others of one row. */
async function alone(scorer: Scorer, { features, rows }: TrainingMatrix, column: number): Promise<Float32Array> {
  const own = new Float32Array(rows * COLUMNS);
  for (let row = 0; row < rows; row++) {
    own.set(given.features.subarray(0, COLUMNS), row * COLUMNS);
    own[row * COLUMNS + column] = features[row * COLUMNS + column]!;
  }
  return (await scorer.score(own, rows))[0]!;
}

const meanOf = (values: ArrayLike<number>, weights: ArrayLike<number>): number => {
  let [sum, all] = [0, 0];
  for (let at = 0; at < values.length; at++) [sum, all] = [sum + weights[at]! * values[at]!, all + weights[at]!];
  return sum / all;
};

/** What each column adds in the file itself, asked column by column, beyond its mean over the rows learnt from. */
async function partsOfFile(onnx: Uint8Array, link: (prediction: number) => number): Promise<readonly Float64Array[]> {
  const scorer = await loadScorer(onnx);
  const parts: Float64Array[] = [];
  for (let column = 0; column < COLUMNS; column++) {
    const mean = meanOf(Float64Array.from(await alone(scorer, given, column), link), given.weights!);
    parts.push(Float64Array.from(await alone(scorer, judging, column), (value) => link(value) - mean));
  }
  await scorer.release();
  return parts;
}

describe("how far each column moves predictions that are a sum of lines", () => {
  test.each([
    ["straight", { bins: 1 }],
    ["bent", { bins: 16 }],
  ])("is what it adds beyond its mean, as the file itself says (%s)", async (_, change) => {
    const { onnx, contributions } = await fitModel(asked("regression", modelOf("linear", change)));
    const parts = await partsOfFile(onnx, (value) => value);
    const from = judging.rows - NEWEST;
    const weights = judging.weights!.subarray(from);
    for (const [column, own] of parts.entries()) {
      const mean = meanOf(own.subarray(from).map(Math.abs), weights);
      expect(contributions![0]![column]).toBeCloseTo(mean, 4);
    }
    const [x, colour, , noise] = contributions![0]!;
    expect([x! > 1.2, colour! > 0.8, noise! < 0.1]).toEqual([true, true, true]);
  });

  test("of a straight line is its coefficient times the distance from the mean", async () => {
    const rows = 400;
    const values = Float32Array.from({ length: rows }, (_, row) => (row * 37) % 101);
    const straight = { features: values, labels: values.map((value) => 3 * value + 2), rows, columns: 1 };
    const model = modelOf("linear", { bins: 1, l2: 0 });
    const { contributions } = await fitModel({
      ...{
        train: straight,
        holdout: { ...straight, features: values.slice(0, 150), labels: values.slice(0, 150), rows: 150 },
      },
      ...{ label: { name: "y", objective: "regression" }, model, metadata: {}, contributions: true },
    });
    const mean = values.reduce((sum, value) => sum + value, 0) / rows;
    const wanted = values.slice(0, 150).reduce((sum, value) => sum + Math.abs(3 * (value - mean)), 0) / 150;
    expect(contributions![0]![0]).toBeCloseTo(wanted, 3);
  });

  test("is in probability of a probability: the parts of a row sum to what it is moved by", async () => {
    const { onnx, contributions, predictions } = await fitModel(asked("binary", modelOf("linear", { bins: 4 })));
    const parts = await partsOfFile(onnx, (value) => Math.log(value / (1 - value)));
    const from = judging.rows - NEWEST;
    const scaled = Array.from({ length: NEWEST }, (_, at) => {
      const row = from + at;
      const own = Float64Array.from(parts, (each) => each[row]!);
      const margin = Math.log(predictions[row]! / (1 - predictions[row]!));
      const base = margin - own.reduce((sum, part) => sum + part, 0);
      const moved = predictions[row]! - 1 / (1 + Math.exp(-base));
      return own.map((part) => (part * moved) / (margin - base));
    });
    for (let column = 0; column < COLUMNS; column++) {
      const mean = meanOf(
        scaled.map((own) => Math.abs(own[column]!)),
        judging.weights!.subarray(from),
      );
      expect(contributions![0]![column]).toBeCloseTo(mean, 3);
    }
  });
});

/** What a tree is expected to say if only some columns of a row are known, by the rows that came to each node. */
function expected(tree: Tree, row: Float32Array, isKnown: (column: number) => boolean, node = 0): number {
  const [left, right, column] = [tree.left[node]!, tree.right[node]!, tree.column[node]!];
  if (left < 0) return Math.fround(tree.condition[node]!);
  const [low, high] = [expected(tree, row, isKnown, left), expected(tree, row, isKnown, right)];
  const value = row[column]!;
  if (isKnown(column))
    return (Number.isNaN(value) ? tree.missingLeft[node]! : value < Math.fround(tree.condition[node]!)) ? low : high;
  const { cover } = tree;
  return (cover![left]! * low + cover![right]! * high) / cover![node]!;
}

/** Shapley values by their definition: over all sets of the other columns. */
function byDefinition(trees: readonly Tree[], row: Float32Array): readonly number[] {
  const valueOf = (set: number): number =>
    trees.reduce((sum, tree) => sum + expected(tree, row, (column) => (set & (1 << column)) !== 0), 0);
  const values = Array.from({ length: 1 << COLUMNS }, (_, set) => valueOf(set));
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
  return Array.from({ length: COLUMNS }, (_, column) => {
    let part = 0;
    for (let set = 0; set < values.length; set++) {
      if ((set & (1 << column)) !== 0) continue;
      const size = [...set.toString(2)].filter((bit) => bit === "1").length;
      const share = (factorial(size) * factorial(COLUMNS - size - 1)) / factorial(COLUMNS);
      part += share * (values[set | (1 << column)]! - values[set]!);
    }
    return part;
  });
}

test("of trees on lines the parts are Shapley values of the trees by definition, and what the lines add, together", async () => {
  const model = modelOf("xgboost", { margin: "linear", rounds: 8, depth: 3 }) as ModelConfig<"xgboost">;
  const { train, holdout } = asked("regression", model);
  const { summed } = await xgboost.fit({
    ...{ features: train.features, rows: train.rows, columns: COLUMNS, inputs, weights: train.weights },
    ...{ labels: [{ name: "y", objective: "regression", values: train.labels }], model, metadata: {} },
  });
  const lines = await partsOfFile(onnxOfMargin(summed!.lines!), (value) => value);
  const from = judging.rows - NEWEST;
  const all = Array.from({ length: NEWEST }, (_, at) => {
    const row = from + at;
    const ofTrees = byDefinition(summed!.trees!.trees, judging.features.subarray(row * COLUMNS, (row + 1) * COLUMNS));
    return ofTrees.map((part, column) => part + lines[column]![row]!);
  });
  const { contributions } = await fitModel(asked("regression", model));
  expect(contributions![0]).toEqual(meanContributions(summed!, holdout, train)![0]);
  for (let column = 0; column < COLUMNS; column++) {
    const mean = meanOf(
      all.map((own) => Math.abs(own[column]!)),
      judging.weights!.subarray(from),
    );
    expect(contributions![0]![column]).toBeCloseTo(mean, 4);
  }
  expect(summed!.trees!.trees.some(({ left }) => left[0]! >= 0)).toBe(true);
});

test("of classes with many trees the newest 50 rows are looked at, and of too many none", async () => {
  const classes = given.labels.map((label) => (label < 3 ? 0 : label < 6 ? 1 : 2));
  const params = { objective: "multi:softprob", num_class: 3, tree_method: "hist", max_depth: 4, eta: 0.1 };
  const booster = (await loadXgboost()).train({ ...given, labels: classes, params, rounds: 4 });
  const model = parseModel(booster.toJson());
  booster.free();
  const steps = model.trees.reduce((sum, tree) => sum + stepsOf(tree), 0);
  const repeated = (most: number): TreeModel => {
    const times = Math.floor(most / steps);
    return { ...model, trees: Array.from({ length: times }, () => model.trees).flat() };
  };
  const from = judging.rows - 50;
  const newest = {
    ...{ features: judging.features.slice(from * COLUMNS), labels: judging.labels.slice(from), rows: 50 },
    ...{ columns: COLUMNS, weights: judging.weights!.slice(from) },
  };
  const trees = repeated(1e6);
  const own = meanContributions({ trees }, judging, given);
  expect(own).toHaveLength(3);
  expect(own).toEqual(meanContributions({ trees }, newest, given));
  expect(meanContributions({ trees: repeated(3e6) }, judging, given)).toBeUndefined();
}, 60_000);

test("of classes they are XGBoost's own parts of the margins on the straight way to the probabilities", async () => {
  const classes = given.labels.map((label) => (label < 3 ? 0 : label < 6 ? 1 : 2));
  const params = { objective: "multi:softprob", num_class: 3, tree_method: "hist", max_depth: 4, eta: 0.3 };
  const booster = (await loadXgboost()).train({ ...given, labels: classes, params, rounds: 12 });
  const json = booster.toJson();
  booster.free();
  const own = meanContributions({ trees: parseModel(json) }, judging, given)!;
  const library = await loadLibrary(() => undefined);
  // Rows × classes × (columns + 1): the last is the base.
  const theirs = withScratch(library, (scratch) => {
    const out = scratch.words(2);
    check(library, "create", library._XGBoosterCreate(0, 0n, out));
    const loaded = word(library, out);
    const bytes = new TextEncoder().encode(json);
    check(library, "load", library._XGBoosterLoadModelFromBuffer(loaded, scratch.bytes(bytes), BigInt(bytes.length)));
    const matrix = createMatrix(library, judging.features, judging.rows, COLUMNS);
    return predictMatrix(library, loaded, matrix, { type: 2, from: 0, to: 0 });
  });
  const from = judging.rows - NEWEST;
  const sums = [0, 1, 2].map(() => new Array<number>(COLUMNS).fill(0));
  let weight = 0;
  for (let row = from; row < judging.rows; row++) {
    const margins = [0, 1, 2].map((at) => {
      const start = (row * 3 + at) * (COLUMNS + 1);
      const parts = Float64Array.from(theirs.subarray(start, start + COLUMNS));
      return { base: theirs[start + COLUMNS]!, parts };
    });
    for (const [at, parts] of predictionParts("softmax", margins).entries())
      for (const [column, part] of parts.entries()) sums[at]![column]! += judging.weights![row]! * Math.abs(part);
    weight += judging.weights![row]!;
  }
  for (const [at, of] of sums.entries())
    for (const [column, sum] of of.entries()) expect(own[at]![column]).toBeCloseTo(sum / weight, 5);
  expect(own[0]![0]).toBeGreaterThan(0.05);
});
