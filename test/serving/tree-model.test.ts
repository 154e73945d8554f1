import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { openOnnxModel } from "../../serving/onnx/onnx-session.ts";
import { loadScorer } from "../../serving/index.ts";
import { readTreeModels } from "../../serving/trees/tree-model.ts";
import { encodeModel, type Graph } from "../../trainer/onnx/graph.ts";
import { onnxFromTrees } from "../../trainer/onnx/index.ts";
import type { Tree, TreeModel } from "../../trainer/xgboost/index.ts";
import { seeded } from "../chaos/random.ts";
import { fit, referenceCase } from "../fixtures/xgboost/reference.ts";
import { root } from "../source-graph.ts";

const COLUMNS = 5;
const values = [-Infinity, -3, -1, -0, 0, 1e-42, 0.5, 1, 3, Infinity];
const pick = <T>(from: readonly T[], next: () => number): T => from[Math.floor(next() * from.length)]!;

/** Splits anywhere, so that ways differ in length; thresholds and features are of the same few values. */
function randomTree(next: () => number): Tree {
  const tree = {
    left: [] as number[],
    right: [] as number[],
    column: [] as number[],
    condition: [] as number[],
    missingLeft: [] as boolean[],
    gain: [] as number[],
  };
  const grow = (depth: number): number => {
    const node = tree.left.length;
    const leaf = depth === 7 || next() < 0.25;
    tree.left.push(-1);
    tree.right.push(-1);
    tree.column.push(leaf ? 0 : Math.floor(next() * COLUMNS));
    tree.condition.push(Math.fround(leaf ? next() * 2 - 1 : pick(values.filter(Number.isFinite), next)));
    tree.missingLeft.push(next() < 0.5);
    tree.gain.push(0);
    if (!leaf) {
      tree.left[node] = grow(depth + 1);
      tree.right[node] = grow(depth + 1);
    }
    return node;
  };
  grow(0);
  return tree;
}

const regression = (trees: readonly Tree[]): TreeModel => ({
  objective: "reg:squarederror",
  columns: COLUMNS,
  baseScore: Math.fround(0.3),
  trees,
});

async function byOnnxRuntime(onnx: Uint8Array, features: Float32Array, rows: number): Promise<Float32Array> {
  const model = await openOnnxModel(onnx);
  const predictions = (await model.predict(features, rows))[0]!;
  await model.release();
  return predictions;
}

describe("a model of trees is walked without ONNX Runtime", () => {
  test.each([1, 2, 3, 4, 5, 7, 8, 9, 16, 40, 41])(
    "%i trees: the sums have the bits of ONNX Runtime's",
    async (count) => {
      const next = seeded(count);
      const onnx = onnxFromTrees(regression(Array.from({ length: count }, () => randomTree(next))), {});
      const rows = 150;
      const features = Float32Array.from({ length: rows * COLUMNS }, () => pick([...values, NaN], next));
      const model = readTreeModels(onnx)![0]!;
      expect(model.sigmoid).toBe(false);
      const expected = await byOnnxRuntime(onnx, features, rows);
      expect(new Set(expected).size).toBeGreaterThan(1);
      expect(model.trees.sums(features, rows)).toEqual(expected);
    },
  );

  test("a probability differs from ONNX Runtime's by two units in the last place at most", async () => {
    const { train, all, params } = referenceCase("binary");
    const { onnx } = await fit(train, all, { ...params, rounds: 60 }, {});
    const features = all.features.map((value, at) => (at % 11 === 0 ? NaN : value));
    expect(readTreeModels(onnx)![0]!.sigmoid).toBe(true);
    const scorer = await loadScorer(onnx);
    const ours = (await scorer.score(features, all.rows))[0]!;
    const theirs = await byOnnxRuntime(onnx, features, all.rows);
    const largest = ours.reduce((most, score, row) => Math.max(most, Math.abs(score - theirs[row]!)), 0);
    expect(new Set(ours).size).toBeGreaterThan(100);
    expect(largest).toBeLessThanOrEqual(2 ** -23);
  });
});

describe("what is not plainly trees is left to ONNX Runtime", () => {
  let whole: Graph;
  beforeAll(() => {
    whole = {
      name: "trees",
      input: { name: "features", columns: 2 },
      outputs: [{ name: "prediction", columns: 1 }],
      metadata: {},
      nodes: [
        {
          operator: "TreeEnsembleRegressor",
          domain: "ai.onnx.ml",
          inputs: ["features"],
          outputs: ["prediction"],
          attributes: {
            n_targets: { kind: "integer", value: 1 },
            nodes_treeids: { kind: "integers", value: [0, 0, 0] },
            nodes_nodeids: { kind: "integers", value: [0, 1, 2] },
            nodes_featureids: { kind: "integers", value: [1, 0, 0] },
            nodes_modes: { kind: "texts", value: ["BRANCH_LEQ", "LEAF", "LEAF"] },
            nodes_values: { kind: "floats", value: [0.5, 0, 0] },
            nodes_truenodeids: { kind: "integers", value: [1, 0, 0] },
            nodes_falsenodeids: { kind: "integers", value: [2, 0, 0] },
            target_treeids: { kind: "integers", value: [0, 0] },
            target_nodeids: { kind: "integers", value: [1, 2] },
            target_ids: { kind: "integers", value: [0, 0] },
            target_weights: { kind: "floats", value: [1, 2] },
          },
        },
      ],
    };
  });
  const changed = (attributes: Graph["nodes"][number]["attributes"]): Uint8Array => {
    const [node] = whole.nodes;
    return encodeModel({ ...whole, nodes: [{ ...node!, attributes: { ...node!.attributes, ...attributes } }] });
  };

  test("at a threshold a split with BRANCH_LEQ goes left, above it right, without a value right", async () => {
    const onnx = encodeModel(whole);
    const features = Float32Array.of(0, 0.5, 0, 0.50000006, 0, NaN, 0, -1);
    expect(readTreeModels(onnx)![0]!.trees.sums(features, 4)).toEqual(Float32Array.of(1, 2, 2, 1));
    expect(await byOnnxRuntime(onnx, features, 4)).toEqual(Float32Array.of(1, 2, 2, 1));
  });

  test.each([
    ["another aggregate", { aggregate_function: { kind: "text", value: "MAX" } }],
    ["a link of its own", { post_transform: { kind: "text", value: "LOGISTIC" } }],
    ["several targets", { n_targets: { kind: "integer", value: 2 } }],
    ["other splits", { nodes_modes: { kind: "texts", value: ["BRANCH_GT", "LEAF", "LEAF"] } }],
    ["an attribute of a later version", { nodes_values_as_tensor: { kind: "floats", value: [0.5, 0, 0] } }],
    ["a child that is its parent", { nodes_truenodeids: { kind: "integers", value: [0, 0, 0] } }],
    ["a child that is not there", { nodes_truenodeids: { kind: "integers", value: [3, 0, 0] } }],
    ["a node that nobody reaches", { nodes_falsenodeids: { kind: "integers", value: [1, 0, 0] } }],
    ["a column that is not there", { nodes_featureids: { kind: "integers", value: [2, 0, 0] } }],
    ["a leaf without a weight", { target_nodeids: { kind: "integers", value: [1, 1] } }],
    ["numbers out of order", { nodes_nodeids: { kind: "integers", value: [0, 2, 1] } }],
  ] as const)("%s", (_, attributes) => {
    expect(readTreeModels(encodeModel(whole))).toBeDefined();
    expect(readTreeModels(changed(attributes))).toBeUndefined();
  });

  test("another graph is scored by ONNX Runtime", async () => {
    const scorer = await loadScorer(changed({ aggregate_function: { kind: "text", value: "MAX" } }));
    expect(await scorer.score(Float32Array.of(0, 0, 0, 1), 2)).toEqual([Float32Array.of(1, 2)]);
    await scorer.release();
  });

  test("a process that has no addresses left for WebAssembly's memory scores trees with ONNX Runtime", async () => {
    const folder = mkdtempSync(join(tmpdir(), "loopstream-"));
    const file = join(folder, "model.onnx");
    writeFileSync(file, encodeModel(whole));
    const program = `
      import { readFileSync } from "node:fs";
      import Module from "node:module";
      import { loadScorer } from "${pathToFileURL(join(root, "serving/index.ts")).href}";
      const scorers = [];
      for (let i = 0; i < 5; i++) scorers.push(await loadScorer(readFileSync(${JSON.stringify(file)})));
      for (const scorer of scorers) console.log(...(await scorer.score(Float32Array.of(0, 0, 0, 1), 2))[0]);
      console.log(Object.keys(Module._cache).some((name) => name.includes("onnxruntime-node")));`;
    const command = `ulimit -v 26000000 && exec "${process.execPath}" --input-type=module -e "$PROGRAM"`;
    const { stdout } = await promisify(execFile)("bash", ["-c", command], {
      env: { ...process.env, PROGRAM: program },
    });
    rmSync(folder, { recursive: true });
    expect(stdout).toBe(`${"1 2\n".repeat(5)}true\n`);
  });

  test("bytes that are no protobuf, and a file that was cut off", () => {
    expect(readTreeModels(Uint8Array.of(1, 2, 3))).toBeUndefined();
    expect(readTreeModels(encodeModel(whole).slice(0, -30))).toBeUndefined();
  });
});
