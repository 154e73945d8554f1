import { marginOf, type Tree, type TreeModel } from "../xgboost/index.ts";
import { classEnding } from "./class-ending.ts";
import { type Attribute, encodeModel, type GraphNode } from "./graph.ts";
import { brokenPromise } from "../../streams/index.ts";

/**
 * Turns a tree model into an ONNX file: input `features` float[N, columns] with NaN = missing, output `prediction`
 * float[N, 1] on the scale of the labels. Same model and metadata, same bytes.
 *
 * @param outputs of a model of classes: the name of each class's output float[N, 1]
 * @param metadata written to the file's `metadata_props`
 * @throws StreamsError `BROKEN_PROMISE` for an objective other than `binary:logistic`, `reg:squarederror` and `reg:quantileerror`
 */
export function onnxFromTrees(
  model: TreeModel,
  metadata: Readonly<Record<string, string>>,
  outputs: readonly string[] = ["prediction"],
): Uint8Array {
  const { classMargins } = model;
  if (classMargins !== undefined) return onnxFromClasses(model, classMargins, metadata, outputs);
  const sigmoid = linkIsSigmoid(model.objective);
  const sum = sigmoid ? "margin" : "prediction";
  const nodes: GraphNode[] = [treesNode(model, sum)];
  if (sigmoid) nodes.push({ operator: "Sigmoid", domain: "", inputs: [sum], outputs: ["prediction"], attributes: {} });
  return encodeModel({
    name: "trees",
    input: { name: "features", columns: model.columns },
    outputs: [{ name: "prediction", columns: 1 }],
    nodes,
    metadata,
  });
}

/** The sum of the leaves and of the margin before the first tree, float[N, 1]. */
export const treesNode = (model: TreeModel, output: string): GraphNode =>
  ensemble(model.trees, marginOf(model), "features", output);

const ensemble = (trees: readonly Tree[], margin: number, input: string, output: string): GraphNode => ({
  operator: "TreeEnsembleRegressor",
  domain: "ai.onnx.ml",
  inputs: [input],
  outputs: [output],
  attributes: treeAttributes(trees, margin),
});

/** An ensemble a class, and the softmax of their sums. */
function onnxFromClasses(
  { columns, trees }: TreeModel,
  margins: readonly number[],
  metadata: Readonly<Record<string, string>>,
  outputs: readonly string[],
): Uint8Array {
  const input = outputs.includes("features") ? "/features" : "features";
  const sums = margins.map((_, at) => `/margin${at}`);
  const ensembles = margins.map((margin, at) => {
    const own = trees.filter((_, tree) => tree % margins.length === at);
    return ensemble(own, margin, input, sums[at]!);
  });
  const ending = classEnding(sums, outputs);
  return encodeModel({
    name: "trees",
    input: { name: input, columns },
    outputs: outputs.map((name) => ({ name, columns: 1 })),
    nodes: [...ensembles, ...ending.nodes],
    tensors: ending.tensors,
    metadata,
  });
}

function linkIsSigmoid(objective: string): boolean {
  if (objective === "binary:logistic") return true;
  if (objective === "reg:squarederror" || objective === "reg:quantileerror") return false;
  throw brokenPromise(
    `objective ${objective} has no ONNX form here; train with binary:logistic, reg:squarederror or reg:quantileerror`,
  );
}

function treeAttributes(trees: readonly Tree[], margin: number): Readonly<Record<string, Attribute>> {
  const nodes = trees.flatMap((tree, treeNumber) =>
    tree.left.map((left, node) => {
      const leaf = left < 0;
      return {
        tree: treeNumber,
        node,
        leaf,
        column: leaf ? 0 : (tree.column[node] ?? 0),
        condition: tree.condition[node] ?? 0,
        left: leaf ? 0 : left,
        right: leaf ? 0 : (tree.right[node] ?? 0),
        missingLeft: !leaf && tree.missingLeft[node] === true,
      };
    }),
  );
  const leaves = nodes.filter((node) => node.leaf);
  const integers = (value: readonly number[]): Attribute => ({ kind: "integers", value });
  const floats = (value: readonly number[]): Attribute => ({ kind: "floats", value });
  return {
    n_targets: { kind: "integer", value: 1 },
    post_transform: { kind: "text", value: "NONE" },
    aggregate_function: { kind: "text", value: "SUM" },
    base_values: floats([margin]),
    nodes_treeids: integers(nodes.map((node) => node.tree)),
    nodes_nodeids: integers(nodes.map((node) => node.node)),
    nodes_featureids: integers(nodes.map((node) => node.column)),
    nodes_modes: { kind: "texts", value: nodes.map((node) => (node.leaf ? "LEAF" : "BRANCH_LT")) },
    nodes_values: floats(nodes.map((node) => (node.leaf ? 0 : node.condition))),
    nodes_truenodeids: integers(nodes.map((node) => node.left)),
    nodes_falsenodeids: integers(nodes.map((node) => node.right)),
    nodes_missing_value_tracks_true: integers(nodes.map((node) => (node.missingLeft ? 1 : 0))),
    target_treeids: integers(leaves.map((node) => node.tree)),
    target_nodeids: integers(leaves.map((node) => node.node)),
    target_ids: integers(leaves.map(() => 0)),
    target_weights: floats(leaves.map((node) => node.condition)),
  };
}
