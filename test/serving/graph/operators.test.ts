import { describe, expect, test } from "vitest";
import { graphOperators } from "../../../serving/graph/operators/index.ts";
import { apart, both, fileOf, floats, here, integer, node, whole, type Computation } from "./graphs.ts";

const SPECIAL = [Number.NaN, -30, -2.5, -1, -0.25, 0, 0.25, 0.5, 1, 2, 3.75, 30, Infinity, -Infinity];
const COLUMNS = 3;
const rows = SPECIAL.length ** 2;
/** All pairs of the special values, and a third column of ordinary ones. */
const features = Float32Array.from({ length: rows * COLUMNS }, (_, at) => {
  const row = Math.floor(at / COLUMNS);
  const pair = [SPECIAL[row % SPECIAL.length]!, SPECIAL[Math.floor(row / SPECIAL.length)]!];
  return pair[at % COLUMNS] ?? Math.fround(Math.sin(row) * 3);
});
const ordinary = features.map((value, at) => (Number.isFinite(value) ? value : Math.fround(Math.cos(at))));

const of = (made: Partial<Computation>, ...nodes: Computation["nodes"]): Computation => ({
  ...{ columns: COLUMNS, result: "y", width: COLUMNS },
  ...made,
  nodes,
});
const float = { to: integer(1) };
const x = "features";
const row = floats("row", [1, COLUMNS], [1, -2, 0.5]);
const matrix = floats("matrix", [COLUMNS, 2], [1, -1, 0.5, 0.25, -3, 2]);
const turned = floats("turned", [2, COLUMNS], [1, 0.5, -3, -1, 0.25, 2]);
const table = floats("table", [4, 2], [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5]);
/** Numbers from 0 to 3 as int64. */
const codes = [
  node("Clip", [x, "zero", "three"], ["clipped"]),
  node("IsNaN", ["clipped"], ["missing"]),
  node("Where", ["missing", "three", "clipped"], ["filled"]),
  node("Cast", ["filled"], ["codes"], { to: integer(7) }),
];
const bounds = [floats("zero", [], [0]), floats("three", [], [3])];

const unary = ["Sigmoid", "Tanh", "Relu", "Neg", "Abs", "Exp", "Log", "Sqrt", "Sign"].map(
  (name) => [name, of({}, node(name, [x], ["y"]))] as const,
);
const compared = ["Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Equal"].map(
  (name) => [name, of({ constants: [row] }, node(name, [x, "row"], ["b"]), node("Cast", ["b"], ["y"], float))] as const,
);
const counted = ["Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "Mean"].map(
  (name) => [name, of({ constants: [row] }, node(name, [x, "row"], ["y"]))] as const,
);
const logic = ["And", "Or"].map(
  (name) =>
    [
      name,
      of(
        { constants: [row] },
        ...[node("Less", [x, "row"], ["b"]), node("IsNaN", [x], ["c"]), node("Not", ["c"], ["d"])],
        ...[node(name, ["b", "d"], ["e"]), node("Cast", ["e"], ["y"], float)],
      ),
    ] as const,
);
const axis = whole("axis", [1], [1]);

const cases: readonly (readonly [string, Computation])[] = [
  ...[...unary, ...compared, ...counted, ...logic],
  [
    "Add of one column to all",
    of(
      { constants: [whole("two", [1], [2])] },
      node("Gather", [x, "two"], ["c"], { axis: integer(-1) }),
      node("Add", ["c", x], ["y"]),
    ),
  ],
  [
    "Sub of whole numbers",
    of(
      { constants: [...bounds, whole("less", [COLUMNS], [1, -7, 0])] },
      ...codes,
      node("Sub", ["codes", "less"], ["c"]),
      node("Cast", ["c"], ["y"], float),
    ),
  ],
  ["Max of three", of({ constants: [row, floats("half", [], [0.5])] }, node("Max", [x, "row", "half"], ["y"]))],
  ["Clip above", of({ constants: bounds }, node("Clip", [x, "", "three"], ["y"]))],
  ["IsNaN and Not", of({}, node("IsNaN", [x], ["b"]), node("Not", ["b"], ["c"]), node("Cast", ["c"], ["y"], float))],
  ["Where and Cast", of({ constants: bounds }, ...codes, node("Cast", ["codes"], ["y"], float))],
  ["Cast to bool", of({}, node("Cast", [x], ["b"], { to: integer(9) }), node("Cast", ["b"], ["y"], float))],
  ["ReduceSum", of({ constants: [axis], width: 1 }, node("ReduceSum", [x, "axis"], ["y"]))],
  ["ReduceMean", of({ width: 1 }, node("ReduceMean", [x], ["y"], { axes: { kind: "integers", value: [-1] } }))],
  [
    "ReduceSum without its dimension",
    of(
      { constants: [axis], width: 1 },
      node("ReduceSum", [x, "axis"], ["s"], { keepdims: integer(0) }),
      node("Unsqueeze", ["s", "axis"], ["y"]),
    ),
  ],
  ["Identity", of({}, node("Identity", [x], ["y"]))],
  [
    "Reshape",
    of(
      { constants: [whole("shape", [3], [-1, 1, 3]), whole("back", [2], [0, 3])] },
      node("Reshape", [x, "shape"], ["r"]),
      node("Reshape", ["r", "back"], ["y"]),
    ),
  ],
  ["Flatten", of({ constants: [axis] }, node("Unsqueeze", [x, "axis"], ["r"]), node("Flatten", ["r"], ["y"]))],
  [
    "Squeeze and Unsqueeze",
    of({ constants: [axis] }, node("Unsqueeze", [x, "axis"], ["r"]), node("Squeeze", ["r", "axis"], ["y"])),
  ],
  [
    "Slice",
    of(
      { width: 2, constants: [whole("from", [1], [-2]), whole("to", [1], [1e9]), axis] },
      node("Slice", [x, "from", "to", "axis"], ["y"]),
    ),
  ],
  [
    "Split",
    of(
      { constants: [whole("widths", [2], [2, 1])] },
      node("Split", [x, "widths"], ["a", "b"], { axis: integer(1) }),
      node("Concat", ["b", "a"], ["y"], { axis: integer(-1) }),
    ),
  ],
  ["Split evenly", of({ width: 1 }, node("Split", [x], ["a", "y", "c"], { axis: integer(1) }))],
  [
    "Constant",
    of(
      {},
      node("Constant", [], ["c"], { value_floats: { kind: "floats", value: [1, 2, -3] } }),
      node("Mul", [x, "c"], ["y"]),
    ),
  ],
  [
    "Gather of entries",
    of(
      { columns: COLUMNS, constants: [...bounds, floats("list", [4], [1, -2, 3, -4])] },
      ...codes,
      node("Gather", ["list", "codes"], ["y"]),
    ),
  ],
  [
    "Gather of embeddings",
    of(
      { width: 6, constants: [...bounds, table] },
      ...codes,
      node("Gather", ["table", "codes"], ["e"]),
      node("Flatten", ["e"], ["y"]),
    ),
  ],
];
const products: readonly (readonly [string, Computation])[] = [
  ["MatMul", of({ width: 2, constants: [matrix] }, node("MatMul", [x, "matrix"], ["y"]))],
  [
    "MatMul with a vector",
    of(
      { width: 1, constants: [floats("vector", [3], [1, -2, 3]), axis] },
      node("MatMul", [x, "vector"], ["s"]),
      node("Unsqueeze", ["s", "axis"], ["y"]),
    ),
  ],
  [
    "Gemm",
    of(
      { width: 2, constants: [turned, floats("bias", [2], [0.5, -0.5])] },
      node("Gemm", [x, "turned", "bias"], ["y"], {
        transB: integer(1),
        alpha: { kind: "float", value: 0.5 },
        beta: { kind: "float", value: 2 },
      }),
    ),
  ],
  ["Gemm without a bias", of({ width: 2, constants: [matrix] }, node("Gemm", [x, "matrix"], ["y"]))],
  ["Softmax", of({}, node("Softmax", [x], ["y"], { axis: integer(1) }))],
];

describe("an operator gives what ONNX Runtime's gives", () => {
  test.each(cases)("%s, of missing and infinite values too", async (_, computation) => {
    const { ours, theirs } = await both(fileOf(computation), features, rows);
    expect(new Set(ours.flatMap((each) => [...each])).size).toBeGreaterThan(1);
    expect(apart(ours, theirs)).toBeLessThanOrEqual(1e-6);
  });

  test.each(products)("%s", async (_, computation) => {
    for (const values of [ordinary, features]) {
      const { ours, theirs } = await both(fileOf(computation), values, rows);
      expect(new Set(ours.flatMap((each) => [...each])).size).toBeGreaterThan(1);
      expect(apart(ours, theirs)).toBeLessThanOrEqual(1e-6);
    }
  });

  test("all of them are held by a case here, or by those of trees", () => {
    const held = new Set([...cases, ...products].flatMap(([, { nodes }]) => nodes.map(({ operator }) => operator)));
    expect([...graphOperators.keys()].filter((name) => !held.has(name))).toEqual(["ai.onnx.ml.TreeEnsembleRegressor"]);
  });
});

test("a code that a table does not have is an error that says which", () => {
  const onnx = fileOf(
    of(
      { width: 6, constants: [table] },
      node("Cast", [x], ["codes"], { to: integer(7) }),
      node("Gather", ["table", "codes"], ["e"]),
      node("Flatten", ["e"], ["y"]),
    ),
  );
  expect(() => here(onnx).predict(Float32Array.of(0, 1, 4), 1)).toThrow("was asked for entry 4 of 4");
});
