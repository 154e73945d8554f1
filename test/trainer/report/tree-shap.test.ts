import { describe, expect, test } from "vitest";
import type { TrainingMatrix } from "../../../rows/index.ts";
import { meanContributions } from "../../../trainer/report/mean-contributions.ts";
import { stepsOf, treeShap } from "../../../trainer/report/tree-shap.ts";
import { loadXgboost, parseModel, type TreeModel } from "../../../trainer/xgboost/index.ts";
import { check, loadLibrary, withScratch, word } from "../../../trainer/xgboost/library.ts";
import { createMatrix } from "../../../trainer/xgboost/matrix.ts";
import { predictMatrix } from "../../../trainer/xgboost/predict-matrix.ts";
import { random } from "../../blueprints/random.ts";

const COLUMNS = 6;
const ROWS = 400;

/** Two columns act together, two alone, one is a category, and the last is noise; a tenth of the values is missing. */
function world(rows: number, seed: number) {
  const next = random(seed);
  const features = new Float32Array(rows * COLUMNS);
  const labels = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const [a, b, c, d] = [next(), next(), next(), next()];
    const category = Math.floor(4 * next());
    const given = [a, b, c, d, category, next()];
    labels[row] = a > 0.5 === b > 0.5 ? 2 + c : 1 - d + (category === 2 ? 1 : 0);
    features.set(
      given.map((value) => (next() < 0.1 ? Number.NaN : value)),
      row * COLUMNS,
    );
  }
  return { features, labels, rows, columns: COLUMNS };
}
/** Of trees alone, with one output. */
const movedBy = (trees: TreeModel, matrix: TrainingMatrix): readonly number[] | undefined =>
  meanContributions({ trees }, matrix, given)?.[0];
const given = world(2_000, 1);
const other = world(ROWS, 2);

type Kind = "binary:logistic" | "reg:squarederror";

async function trained(objective: Kind, depth: number, rounds: number): Promise<{ json: string; model: TreeModel }> {
  const labels = objective === "binary:logistic" ? given.labels.map((label) => (label > 2 ? 1 : 0)) : given.labels;
  const params = { objective, tree_method: "hist", max_depth: depth, eta: 0.3 };
  const booster = (await loadXgboost()).train({ ...given, labels, params, rounds });
  const json = booster.toJson();
  booster.free();
  return { json, model: parseModel(json) };
}

/** XGBoost's own contributions, rows × (columns + 1): the last is the base. */
async function ofXgboost(json: string): Promise<Float32Array> {
  const library = await loadLibrary(() => undefined);
  return withScratch(library, (scratch) => {
    const out = scratch.words(2);
    check(library, "create", library._XGBoosterCreate(0, 0n, out));
    const booster = word(library, out);
    const bytes = new TextEncoder().encode(json);
    check(library, "load", library._XGBoosterLoadModelFromBuffer(booster, scratch.bytes(bytes), BigInt(bytes.length)));
    const matrix = createMatrix(library, other.features, ROWS, COLUMNS);
    return predictMatrix(library, booster, matrix, { type: 2, from: 0, to: 0 });
  });
}

describe("what each column adds to a margin", () => {
  test.each([
    ["binary:logistic", 1],
    ["binary:logistic", 4],
    ["reg:squarederror", 3],
    ["reg:squarederror", 9],
  ] as const)("is what XGBoost says of %s at depth %i", async (objective, depth) => {
    const { json, model } = await trained(objective, depth, 30);
    const theirs = await ofXgboost(json);
    const { base, values } = treeShap(model, other.features, ROWS);
    let farthest = 0;
    for (let row = 0; row < ROWS; row++) {
      const own = [...values.subarray(row * COLUMNS, (row + 1) * COLUMNS), base];
      for (const [at, value] of own.entries())
        farthest = Math.max(farthest, Math.abs(value - theirs[row * (COLUMNS + 1) + at]!));
    }
    expect(farthest).toBeLessThan(2e-5);
    expect(Math.max(...values)).toBeGreaterThan(0.1);
  });

  test("is nothing of trees that are one leaf, and of columns that no tree asks", () => {
    const leaf = { left: [-1], right: [-1], column: [0], condition: [0.5], missingLeft: [true], gain: [0], cover: [9] };
    const split = {
      ...{ left: [1, -1, -1], right: [2, -1, -1], column: [1, 0, 0], condition: [0, -1, 3], gain: [1, 0, 0] },
      ...{ missingLeft: [false, true, true], cover: [8, 6, 2] },
    };
    const model: TreeModel = { objective: "reg:squarederror", columns: 2, baseScore: 10, trees: [leaf, split] };
    const { base, values } = treeShap(model, Float32Array.of(5, -1, 5, Number.NaN), 2);
    expect(base).toBe(10.5 + (6 * -1 + 2 * 3) / 8);
    expect([...values]).toEqual([0, -1, 0, 3]);
    expect(stepsOf(split)).toBe(8);
  });
});

describe("how far a column moves predictions", () => {
  test("is in the unit of a number, and the same of the newest 200 rows alone", async () => {
    const { model } = await trained("reg:squarederror", 4, 30);
    const means = movedBy(model, other)!;
    const [a, b, , , , noise] = means as [number, number, number, number, number, number];
    expect(Math.min(a, b)).toBeGreaterThan(0.2);
    expect(noise).toBeLessThan(a / 4);
    const many = world(1_500, 3);
    const newest = {
      ...many,
      features: many.features.slice(1_300 * COLUMNS),
      labels: many.labels.slice(1_300),
      rows: 200,
    };
    expect(movedBy(model, many)).toEqual(movedBy(model, newest));
    expect(movedBy(model, { ...many, features: world(1_500, 4).features })).not.toEqual(means);
  });

  test("is in probability of a probability: the parts of a row sum to what it is moved by", async () => {
    const { model } = await trained("binary:logistic", 4, 30);
    const { base, values } = treeShap(model, other.features, 1);
    const margin = values.subarray(0, COLUMNS).reduce((sum, part) => sum + part, base);
    const moved = 1 / (1 + Math.exp(-margin)) - 1 / (1 + Math.exp(-base));
    const one = { ...other, features: other.features.slice(0, COLUMNS), labels: other.labels.slice(0, 1), rows: 1 };
    const parts = movedBy(model, one)!.map((mean, at) => mean * Math.sign(values[at]!));
    expect(parts.reduce((sum, part) => sum + part, 0) * Math.sign(margin - base)).toBeCloseTo(Math.abs(moved), 10);
  });

  test("goes by the rows' weights, and is not told where none counts", async () => {
    const { model } = await trained("reg:squarederror", 3, 10);
    const few = {
      ...other,
      features: other.features.slice(0, 200 * COLUMNS),
      labels: other.labels.slice(0, 200),
      rows: 200,
    };
    const half = { ...few, weights: Float32Array.from({ length: 200 }, (_, row) => (row < 100 ? 1 : 0)) };
    const first = { ...few, features: few.features.slice(0, 100 * COLUMNS), rows: 100 };
    expect(movedBy(model, half)).toEqual(movedBy(model, first));
    expect(movedBy(model, { ...other, weights: new Float32Array(ROWS) })).toBeUndefined();
    expect(movedBy(model, { ...other, features: new Float32Array(0), rows: 0 })).toBeUndefined();
  });

  test("is not told of trees that are too large, or do not know how many rows came where", async () => {
    const { model } = await trained("reg:squarederror", 3, 2);
    const [tree] = model.trees as [TreeModel["trees"][number]];
    const trees = new Array<typeof tree>(100_000).fill(tree);
    expect(movedBy({ ...model, trees }, other)).toBeUndefined();
    expect(movedBy({ ...model, trees: [{ ...tree, cover: undefined }] }, other)).toBeUndefined();
  });
});
