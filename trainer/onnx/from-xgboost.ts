import { marginOf, type Tree, type TreeModel } from "../xgboost/index.ts";
import { type Attribute, encodeModel, type GraphNode } from "./graph.ts";
import { brokenPromise } from "../../streams/index.ts";

/**
 * Turns a tree model into an ONNX file: input `features` float[N, columns] with NaN = missing, output `prediction`
 * float[N, 1] on the scale of the labels. Same model and metadata, same bytes.
 *
 * @param metadata written to the file's `metadata_props`
 * @throws StreamsError `BROKEN_PROMISE` for an objective other than `binary:logistic`, `reg:squarederror` and `reg:quantileerror`
 */
export function onnxFromTrees(model: TreeModel, metadata: Readonly<Record<string, string>>): Uint8Array {
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
export const treesNode = (model: TreeModel, output: string): GraphNode => ({
  operator: "TreeEnsembleRegressor",
  domain: "ai.onnx.ml",
  inputs: ["features"],
  outputs: [output],
  attributes: treeAttributes(model.trees, marginOf(model)),
});

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
