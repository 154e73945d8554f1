import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { openGraph } from "../../../serving/graph/graph-model.ts";
import { loadScorer } from "../../../serving/index.ts";
import { encodeModel, joinModels, type ConstantTensor, type GraphNode } from "../../../trainer/onnx/index.ts";
import { seeded } from "../../chaos/random.ts";
import { root } from "../../source-graph.ts";
import { apart, both, fileOf, floats, here, integer, node, whole, type Computation } from "./graphs.ts";

const COLUMNS = 4;
const ROWS = 150;

/** Layers of operators over all values before, each one's numbers kept small; a sum of everything is the result. */
function randomGraph(next: () => number): Computation {
  const nodes: GraphNode[] = [];
  const constants: ConstantTensor[] = [];
  const widths = new Map([["features", COLUMNS]]);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!;
  const numbers = (count: number): number[] => Array.from({ length: count }, () => Math.fround(next() * 2 - 1));
  const add = (name: string, width: number, of: GraphNode): void => {
    nodes.push(of);
    widths.set(name, width);
  };
  for (let at = 0; at < 12; at++) {
    const [name, constant] = [`v${at}`, `c${at}`];
    const [from, width] = pick([...widths]);
    const same = pick([...widths].filter(([, other]) => other === width || other === 1))[0];
    switch (pick(["unary", "binary", "constant", "matrix", "columns", "concat", "softmax", "choice"])) {
      case "unary":
        add(name, width, node(pick(["Sigmoid", "Tanh", "Relu", "Neg", "Abs", "Sign"]), [from], [name]));
        break;
      case "binary":
        add(name, width, node(pick(["Add", "Sub", "Mean", "Max", "Min"]), [from, same], [name]));
        break;
      case "constant":
        constants.push(floats(constant, pick([[width], [1, width]]), numbers(width)));
        add(name, width, node(pick(["Add", "Mul", "Max"]), [from, constant], [name]));
        break;
      case "matrix": {
        const wide = 1 + Math.floor(next() * 9);
        constants.push(
          floats(constant, [width, wide], numbers(width * wide)),
          floats(`${constant}b`, [wide], numbers(wide)),
        );
        nodes.push(node("Gemm", [from, constant, `${constant}b`], [`${name}m`]));
        add(name, wide, node("Tanh", [`${name}m`], [name]));
        break;
      }
      case "columns": {
        const taken = Array.from({ length: 1 + Math.floor(next() * 5) }, () => Math.floor(next() * width));
        constants.push(whole(constant, [taken.length], taken));
        add(name, taken.length, node("Gather", [from, constant], [name], { axis: integer(1) }));
        break;
      }
      case "concat":
        if (width + widths.get(same)! > 24) break;
        add(name, width + widths.get(same)!, node("Concat", [from, same], [name], { axis: integer(-1) }));
        break;
      case "softmax":
        add(name, width, node("Softmax", [from], [name], { axis: integer(-1) }));
        break;
      case "choice":
        constants.push(floats(constant, [], numbers(1)));
        nodes.push(node("IsNaN", [from], [`${name}n`]), node("Where", [`${name}n`, constant, from], [`${name}w`]));
        nodes.push(node("GreaterOrEqual", [`${name}w`, constant], [`${name}g`]));
        add(name, width, node("Where", [`${name}g`, `${name}w`, constant], [name]));
        break;
    }
  }
  const [result, width] = [...widths].at(-1)!;
  return { columns: COLUMNS, nodes, constants, result, width };
}

const featuresOf = (next: () => number): Float32Array =>
  Float32Array.from({ length: ROWS * COLUMNS }, () => (next() < 0.1 ? Number.NaN : next() * 6 - 3));
const bitsOf = (outputs: readonly Float32Array[]): readonly Uint32Array[] =>
  outputs.map((values) => new Uint32Array(values.buffer));

describe("a random graph", () => {
  test.each(Array.from({ length: 60 }, (_, at) => at + 1))(
    "%i gives what ONNX Runtime makes of it, and each row the same bits in any batch",
    async (seed) => {
      const next = seeded(seed);
      const onnx = fileOf(randomGraph(next));
      const features = featuresOf(next);
      const { ours, theirs } = await both(onnx, features, ROWS);
      expect(apart(ours, theirs)).toBeLessThanOrEqual(1e-6);
      const size = 1 + Math.floor(next() * 70);
      const predictor = here(onnx);
      const parts = ours.map(() => new Float32Array(ROWS));
      for (let row = 0; row < ROWS; row += size) {
        const count = Math.min(size, ROWS - row);
        const found = await predictor.predict(features.slice(row * COLUMNS, (row + count) * COLUMNS), count);
        for (const [at, values] of found.entries()) parts[at]!.set(values, row);
      }
      expect(bitsOf(parts)).toEqual(bitsOf(ours));
    },
  );
});

const line = (slope: number): Uint8Array =>
  encodeModel({
    ...{ name: "line", input: { name: "features", columns: 2 }, metadata: { label: "y" } },
    outputs: [{ name: "prediction", columns: 1 }],
    nodes: [
      node("Gather", ["features", "first"], ["x"], { axis: integer(-1) }),
      node("Gemm", ["x", "slope", "base"], ["prediction"]),
    ],
    tensors: [whole("first", [1], [-2]), floats("slope", [1, 1], [slope]), floats("base", [1], [0.5])],
  });

test("files with tensors and negative numbers of the same names inside are joined", async () => {
  const joined = joinModels(
    [
      { label: "one", onnx: line(2) },
      { label: "two", onnx: line(-3) },
    ],
    {},
  );
  const features = Float32Array.of(1, 9, 4, 9);
  const { ours, theirs } = await both(joined, features, 2);
  expect(ours).toEqual([Float32Array.of(2.5, 8.5), Float32Array.of(-2.5, -11.5)]);
  expect(theirs).toEqual(ours);
  expect(here(joined).outputs).toEqual(["one", "two"]);
});

test("a graph of these operators is scored in a process that never loads ONNX Runtime", async () => {
  const folder = mkdtempSync(join(tmpdir(), "loopstream-"));
  const file = join(folder, "model.onnx");
  writeFileSync(file, line(2));
  const program = `
    import { readFileSync } from "node:fs";
    import Module from "node:module";
    import { loadScorer } from "${pathToFileURL(join(root, "serving/index.ts")).href}";
    const scorer = await loadScorer(readFileSync(${JSON.stringify(file)}));
    console.log(...scorer.outputs, ...(await scorer.score(Float32Array.of(1, 0, NaN, 0), 2))[0]);
    console.log(Object.keys(Module._cache).some((name) => name.includes("onnxruntime-node")));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program]);
  rmSync(folder, { recursive: true });
  expect(stdout).toBe("y 2.5 NaN\nfalse\n");
});

describe("left to ONNX Runtime, with the reason", () => {
  const x = "features";
  const of = (constants: readonly ConstantTensor[], ...nodes: readonly GraphNode[]): string => {
    const opened = openGraph(fileOf({ columns: 2, nodes, constants, result: "y", width: 1 }));
    return typeof opened === "string" ? opened : "run here";
  };

  test.each([
    ["Floor: it is not run here", [], [node("Floor", [x], ["y"])]],
    ["Relu: its attribute slope is not known here", [], [node("Relu", [x], ["y"], { slope: integer(1) })]],
    ["Relu: it has 2 inputs", [], [node("Relu", [x, x], ["y"])]],
    ["Relu: its input z is not known here", [], [node("Relu", ["z"], ["y"])]],
    ["ReduceSum: it is not over the columns alone", [], [node("ReduceSum", [x], ["y"])]],
    ["Softmax: it mixes the rows", [], [node("Softmax", [x], ["y"], { axis: integer(0) })]],
    ["Concat: it mixes the rows", [], [node("Concat", [x, x], ["y"], { axis: integer(0) })]],
    ["Gemm: it mixes the rows", [], [node("Gemm", [x, x], ["y"], { transA: integer(1) })]],
    ["Gemm: its second input is no constant matrix", [], [node("Gemm", [x, x], ["y"])]],
    [
      "MatMul: 2 columns do not fit a matrix [3, 1]",
      [floats("w", [3, 1], [1, 2, 3])],
      [node("MatMul", [x, "w"], ["y"])],
    ],
    ["Add: a constant [2, 2] has values of rows", [floats("w", [2, 2], [1, 2, 3, 4])], [node("Add", [x, "w"], ["y"])]],
    ["Add: shapes [2] and [3] do not agree", [floats("w", [3], [1, 2, 3])], [node("Add", [x, "w"], ["y"])]],
    [
      "Gather: it takes a column that is not there",
      [whole("at", [1], [2])],
      [node("Gather", [x, "at"], ["y"], { axis: integer(1) })],
    ],
    ["Cast: it makes numbers of the type 11", [], [node("Cast", [x], ["y"], { to: integer(11) })]],
    ["its output out 0 is not one float a row", [], [node("IsNaN", [x], ["y"])]],
  ] as const)("%s", (reason, constants, nodes) => {
    expect(of(constants, ...nodes)).toBe(reason);
  });

  test("a graph that has such a node is scored all the same", async () => {
    const scorer = await loadScorer(fileOf({ columns: 2, nodes: [node("Floor", [x], ["y"])], result: "y", width: 2 }));
    expect(await scorer.score(Float32Array.of(1.5, -1.5), 1)).toEqual([Float32Array.of(1), Float32Array.of(-2)]);
    await scorer.release();
  });

  test("bytes that are no file, and a shape that its values do not fill", () => {
    expect(openGraph(Uint8Array.of(1, 2, 3))).toBe("the file can't be read");
    expect(() => of([floats("w", [3], [1])], node("Add", [x, "w"], ["y"]))).toThrow(
      "tensor w has 1 values, its shape [3] takes 3",
    );
  });
});
