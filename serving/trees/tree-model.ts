import { FlatTrees, floatAbove, type TreeEnsemble, type TreeNode } from "./flat-trees.ts";
import { readOnnxGraph, type OnnxGraph, type OnnxNode } from "../onnx/onnx-graph.ts";
import { hasCode } from "../../streams/index.ts";

/** An output of trees alone, such as the trainer's. */
export interface TreeModel {
  readonly trees: FlatTrees;
  /** The sum of the leaves is a margin, the prediction its sigmoid. */
  readonly sigmoid: boolean;
  /** Its name. */
  readonly output: string;
}

const TREES = "ai.onnx.ml.TreeEnsembleRegressor";

/**
 * The trees of an ONNX file, in the order of its outputs, if each output is an ensemble of trees, with or without a
 * sigmoid behind it. `undefined` for any other file and for an inconsistent one: these are left to ONNX Runtime.
 */
export function readTreeModels(onnx: Uint8Array): readonly TreeModel[] | undefined {
  let graph: OnnxGraph;
  try {
    graph = readOnnxGraph(onnx);
  } catch (error) {
    if (hasCode(error, "BAD_MODEL")) return undefined;
    throw error;
  }
  const [input] = graph.inputs;
  if (graph.inputs.length !== 1 || input!.columns === undefined || graph.initialised) return undefined;
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node])));
  const models: TreeModel[] = [];
  let nodes = 0;
  for (const output of graph.outputs) {
    const last = makers.get(output);
    const sigmoid = last?.operator === "Sigmoid";
    const ensemble = sigmoid ? makers.get(last.inputs[0]!) : last;
    if (ensemble?.operator !== TREES || ensemble.inputs[0] !== input!.name) return undefined;
    const trees = treesOf(ensemble.attributes, input!.columns);
    const flat = trees && flatten(trees);
    if (flat === undefined) return undefined;
    models.push({ trees: flat, sigmoid, output });
    nodes += sigmoid ? 2 : 1;
  }
  return models.length > 0 && nodes === graph.nodes.length ? models : undefined;
}

/**
 * `undefined` if the process has no room for it: V8 reserves 10 GiB of addresses for each memory, and `ulimit -v` may
 * forbid that.
 */
export function flatten(trees: TreeEnsemble): FlatTrees | undefined {
  try {
    return new FlatTrees(trees);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

export const treeAttributes: ReadonlySet<string> = new Set([
  ...["n_targets", "post_transform", "aggregate_function", "base_values"],
  ...["nodes_treeids", "nodes_nodeids", "nodes_featureids", "nodes_modes", "nodes_values"],
  ...["nodes_truenodeids", "nodes_falsenodeids", "nodes_missing_value_tracks_true", "nodes_hitrates"],
  ...["target_treeids", "target_nodeids", "target_ids", "target_weights"],
]);

/**
 * The trees of a node's attributes. Nodes of a tree have to stand together and be numbered from 0 on, in order.
 * `undefined` for any other, and where an attribute is not known here.
 */
export function treesOf(attributes: OnnxNode["attributes"], columns: number): TreeEnsemble | undefined {
  if ([...attributes.keys()].some((name) => !treeAttributes.has(name))) return undefined;
  const integers = (name: string): readonly number[] => attributes.get(name)?.integers ?? [];
  const floats = (name: string): readonly number[] => attributes.get(name)?.floats ?? [];
  const texts = (name: string): readonly string[] => attributes.get(name)?.texts ?? [];
  if ((texts("post_transform")[0] ?? "NONE") !== "NONE") return undefined;
  if ((texts("aggregate_function")[0] ?? "SUM") !== "SUM") return undefined;
  if (integers("n_targets")[0] !== 1 || floats("base_values").length > 1) return undefined;

  const treeOf = integers("nodes_treeids");
  const numbers = integers("nodes_nodeids");
  const roots: number[] = [];
  const starts = new Map<number, number>();
  for (let at = 0; at < treeOf.length; at++) {
    const tree = treeOf[at]!;
    if (tree !== treeOf[at - 1]) {
      if (starts.has(tree)) return undefined;
      starts.set(tree, at);
      roots.push(at);
    }
    if (numbers[at] !== at - roots.at(-1)!) return undefined;
  }
  const weights = new Float64Array(treeOf.length).fill(NaN);
  const [leafTrees, leafNumbers, leafWeights] = [
    integers("target_treeids"),
    integers("target_nodeids"),
    floats("target_weights"),
  ];
  for (let leaf = 0; leaf < leafTrees.length; leaf++) {
    const at = starts.get(leafTrees[leaf]!)! + leafNumbers[leaf]!;
    if (treeOf[at] !== leafTrees[leaf] || !Number.isNaN(weights[at])) return undefined;
    weights[at] = leafWeights[leaf] ?? NaN;
  }

  const [modes, features, values] = [texts("nodes_modes"), integers("nodes_featureids"), floats("nodes_values")];
  const [below, above] = [integers("nodes_truenodeids"), integers("nodes_falsenodeids")];
  const missing = integers("nodes_missing_value_tracks_true");
  const nodes: TreeNode[] = [];
  for (let at = 0; at < treeOf.length; at++) {
    const mode = modes[at];
    if (mode === "LEAF") {
      nodes.push({ kind: "leaf", weight: weights[at]! });
      continue;
    }
    if (mode !== "BRANCH_LT" && mode !== "BRANCH_LEQ") return undefined;
    const value = values[at] ?? NaN;
    const root = starts.get(treeOf[at]!)!;
    nodes.push({
      kind: "split",
      column: features[at] ?? columns,
      threshold: mode === "BRANCH_LT" ? value : floatAbove(value),
      left: root + (below[at] ?? NaN),
      right: root + (above[at] ?? NaN),
      missingLeft: missing[at] === 1,
    });
  }
  return areTrees(nodes, roots, columns) ? { columns, nodes, roots, base: floats("base_values")[0] ?? 0 } : undefined;
}

/** Whether every node is reached once from the roots, and none is out of bounds. */
function areTrees(nodes: readonly TreeNode[], roots: readonly number[], columns: number): boolean {
  const met = new Uint8Array(nodes.length);
  const open = [...roots];
  let count = 0;
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const node = nodes[at];
    if (node === undefined || met[at] === 1) return false;
    met[at] = 1;
    count++;
    if (node.kind === "leaf") {
      if (Number.isNaN(node.weight)) return false;
    } else {
      if (!(node.column >= 0 && node.column < columns) || Number.isNaN(node.threshold)) return false;
      open.push(node.left, node.right);
    }
  }
  return count === nodes.length;
}
