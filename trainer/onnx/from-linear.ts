import type { TreeModel } from "../xgboost/index.ts";
import { treesNode } from "./from-xgboost.ts";
import { type ConstantTensor, encodeModel, type GraphNode } from "./graph.ts";

/** A sum of lines of numbers, and of values of categories. */
export interface LinearModel {
  readonly columns: number;
  /** The sum is a log odds, and the prediction its probability. */
  readonly binary: boolean;
  readonly intercept: number;
  readonly numbers: readonly NumberLine[];
  readonly categories: readonly CategoryValues[];
}

/** Straight between its knots and level beyond them. */
export interface NumberLine {
  readonly column: number;
  /** float32, ascending, and the line's rise between each two of them. */
  readonly knots: Float32Array;
  readonly rises: readonly number[];
  /** A missing number counts as this one, and adds `missing`. */
  readonly fill: number;
  readonly missing: number;
}

export interface CategoryValues {
  readonly column: number;
  /** One a category, then that of a missing or unknown one. */
  readonly values: readonly number[];
}

/**
 * An ONNX file with input `features` float[N, columns], NaN = missing, and output `prediction` float[N, 1]. Any value of a feature gives a finite sum. Same
 * model and metadata, same bytes.
 */
export function onnxFromLinear(model: LinearModel, metadata: Readonly<Record<string, string>>): Uint8Array {
  return onnxOfSum("linear", model, undefined, metadata);
}

/** The same with the sum of trees on top, float[N, 1]. */
export const onnxFromLinearAndTrees = (
  model: LinearModel,
  trees: TreeModel,
  metadata: Readonly<Record<string, string>>,
): Uint8Array => onnxOfSum("linear and trees", model, treesNode(trees, TREES), metadata);

/** The sum of lines alone, whatever is predicted by it: output `prediction` float[N, 1]. */
export const onnxOfMargin = (model: LinearModel): Uint8Array => onnxFromLinear({ ...model, binary: false }, {});

const TREES = "trees";

function onnxOfSum(
  name: string,
  { columns, binary, intercept, numbers, categories }: LinearModel,
  trees: GraphNode | undefined,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const parts = [
    ...(numbers.length > 0 ? [linesOf(numbers)] : []),
    ...(categories.length > 0 ? [valuesOf(categories)] : []),
  ];
  const sum = binary ? "margin" : "prediction";
  const terms = [...parts.map(({ result }) => result), ...(trees === undefined ? [] : [TREES])];
  return encodeModel({
    name,
    input: { name: "features", columns },
    outputs: [{ name: "prediction", columns: 1 }],
    nodes: [
      ...parts.flatMap(({ nodes }) => nodes),
      ...(trees === undefined ? [] : [trees]),
      node("Sum", [...terms, "intercept"], sum),
      ...(binary ? [node("Sigmoid", [sum], "prediction")] : []),
    ],
    tensors: [...parts.flatMap(({ tensors }) => tensors), floats("intercept", [1, 1], [intercept])],
    metadata,
  });
}

interface Part {
  /** float[N, 1] */
  readonly result: string;
  readonly nodes: readonly GraphNode[];
  readonly tensors: readonly ConstantTensor[];
}

/** How far a number is from each knot to the next, from 0 to 1, times the rise there. */
function linesOf(numbers: readonly NumberLine[]): Part {
  const rises = numbers.flatMap(({ knots, rises }, at) =>
    rises.map((rise, knot) => ({ at, rise, low: knots[knot]!, high: knots[knot + 1]! })),
  );
  const weights = [...rises.map(({ rise }) => rise), ...numbers.map(({ missing }) => missing)];
  const hasRises = rises.length > 0;
  return {
    result: "lines",
    nodes: [
      taken("features", "numberColumns", "numbers"),
      node("IsNaN", ["numbers"], "missing"),
      node("Cast", ["missing"], "missingNumbers", { to: { kind: "integer", value: 1 } }),
      ...(hasRises
        ? [
            node("Where", ["missing", "fill", "numbers"], "filled"),
            taken("filled", "riseColumns", "spread"),
            node("Sub", ["spread", "lows"], "above"),
            node("Mul", ["above", "inverses"], "ways"),
            node("Clip", ["ways", "none", "whole"], "shares"),
            node("Concat", ["shares", "missingNumbers"], "parts", { axis: { kind: "integer", value: 1 } }),
          ]
        : []),
      node("MatMul", [hasRises ? "parts" : "missingNumbers", "rises"], "lines"),
    ],
    tensors: [
      integers(
        "numberColumns",
        numbers.map(({ column }) => column),
      ),
      floats("rises", [weights.length, 1], weights),
      ...(hasRises
        ? [
            floats(
              "fill",
              [numbers.length],
              numbers.map(({ fill }) => fill),
            ),
            integers(
              "riseColumns",
              rises.map(({ at }) => at),
            ),
            floats(
              "lows",
              [rises.length],
              rises.map(({ low }) => low),
            ),
            floats(
              "inverses",
              [rises.length],
              rises.map(({ low, high }) => 1 / (high - low)),
            ),
            floats("none", [], [0]),
            floats("whole", [], [1]),
          ]
        : []),
    ],
  };
}

/** All values lie in one table, each column's from its offset on. */
function valuesOf(categories: readonly CategoryValues[]): Part {
  const table = categories.flatMap(({ values }) => values);
  let next = 0;
  const offsets = categories.map(({ values }) => (next += values.length) - values.length);
  return {
    result: "categories",
    nodes: [
      taken("features", "categoryColumns", "codes"),
      node("IsNaN", ["codes"], "unknown"),
      node("Min", ["codes", "last"], "atMost"),
      node("Max", ["atMost", "first"], "bounded"),
      node("Where", ["unknown", "last", "bounded"], "known"),
      node("Cast", ["known"], "numbersOfCodes", { to: { kind: "integer", value: 7 } }),
      node("Add", ["numbersOfCodes", "offsets"], "entries"),
      node("Gather", ["table", "entries"], "values"),
      node("ReduceSum", ["values", "axis"], "categories"),
    ],
    tensors: [
      integers(
        "categoryColumns",
        categories.map(({ column }) => column),
      ),
      floats(
        "last",
        [categories.length],
        categories.map(({ values }) => values.length - 1),
      ),
      floats("first", [], [0]),
      integers("offsets", offsets),
      floats("table", [table.length], table),
      integers("axis", [1]),
    ],
  };
}

const node = (
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes: GraphNode["attributes"] = {},
): GraphNode => ({ operator, domain: "", inputs, outputs: [output], attributes });

const taken = (from: string, indices: string, output: string): GraphNode =>
  node("Gather", [from, indices], output, { axis: { kind: "integer", value: 1 } });

const floats = (name: string, shape: readonly number[], values: readonly number[]): ConstantTensor => ({
  ...{ name, shape, values: Float32Array.from(values) },
});
const integers = (name: string, values: readonly number[]): ConstantTensor => ({
  ...{ name, shape: [values.length], values: { integers: values } },
});
