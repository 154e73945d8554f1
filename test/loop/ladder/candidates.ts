import { encodeModel, joinModels, onnxFromTrees, type GraphNode } from "../../../trainer/onnx/index.ts";

/** Weight under 10, and over: these margins. Missing goes right. */
const stump = (objective: string, light: number, heavy: number): Uint8Array =>
  onnxFromTrees(
    {
      ...{ objective, columns: 1, baseScore: objective === "binary:logistic" ? 0.5 : 0 },
      trees: [
        {
          ...{ left: [1, -1, -1], right: [2, -1, -1], column: [0, 0, 0], condition: [10, light, heavy] },
          ...{ missingLeft: [false, false, false], gain: [1, 0, 0] },
        },
      ],
    },
    {},
  );

const withCost = (late: Uint8Array, name: string): Uint8Array =>
  joinModels(
    [
      { label: "late", onnx: late },
      { label: "cost", onnx: stump("reg:squarederror", 1, 1) },
    ],
    { name },
  );

/** A model of `late` by its margins, and of a cost that is always 1. */
export const byMargins = (name: string, light: number, heavy: number): Uint8Array =>
  withCost(stump("binary:logistic", light, heavy), name);

const graphOf = (
  name: string,
  nodes: readonly GraphNode[],
  tensors: Parameters<typeof encodeModel>[0]["tensors"],
  columns = 1,
) =>
  encodeModel({
    ...{ name, input: { name: "features", columns }, outputs: [{ name: "prediction", columns: 1 }] },
    ...{ nodes, tensors, metadata: {} },
  });

const node = (
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes: GraphNode["attributes"] = {},
): GraphNode => ({ operator, domain: "", inputs, outputs: [output], attributes });

/** It has an entry for each whole weight up to 24, and none for heavier ones. */
export const crashing = (name = "crashing"): Uint8Array =>
  withCost(lookup(Float32Array.from({ length: 25 }, (_, at) => (at < 10 ? 0.12 : 0.88))), name);

/** A file with an entry for each whole number of its first feature, and none for others. */
export const lookup = (entries: Float32Array, columns = 1): Uint8Array =>
  graphOf(
    "lookup",
    [
      node("Gather", ["features", "first"], "own", { axis: { kind: "integer", value: 1 } }),
      node("Cast", ["own"], "codes", { to: { kind: "integer", value: 7 } }),
      node("Gather", ["table", "codes"], "entries", { axis: { kind: "integer", value: 0 } }),
      node("Reshape", ["entries", "shape"], "prediction"),
    ],
    [
      { name: "table", shape: [entries.length, 1], values: entries },
      { name: "first", shape: [1], values: { integers: [0] } },
      { name: "shape", shape: [2], values: { integers: [-1, 1] } },
    ],
    columns,
  );

/** As good as the best, after some millions of multiplications. */
export const slow = (): Uint8Array => {
  const width = 512;
  const layers = 120;
  const nodes = [node("MatMul", ["features", "first"], "h0")];
  for (let at = 1; at <= layers; at++) nodes.push(node("MatMul", [`h${at - 1}`, "square"], `h${at}`));
  nodes.push(
    node("MatMul", [`h${layers}`, "last"], "sum"),
    node("Sub", ["sum", "ten"], "margin"),
    node("Sigmoid", ["margin"], "prediction"),
  );
  const identity = new Float32Array(width * width);
  for (let at = 0; at < width; at++) identity[at * width + at] = 1;
  const one = new Float32Array(width);
  one[0] = 1;
  return withCost(
    graphOf("slow", nodes, [
      { name: "first", shape: [1, width], values: one },
      { name: "square", shape: [width, width], values: identity },
      { name: "last", shape: [width, 1], values: one },
      { name: "ten", shape: [1], values: Float32Array.of(10) },
    ]),
    "slow",
  );
};
