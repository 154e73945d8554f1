import { hasCode } from "../../streams/index.ts";
import { readOnnxGraph, type OnnxGraph, type OnnxNode } from "../onnx/onnx-graph.ts";
import type { Predictor } from "../onnx/predictor.ts";
import type { Compiled, Step } from "./operator.ts";
import { graphOperators } from "./operators/index.ts";
import { BLOCK, constantOf, rowsOf, type Rows, type Value } from "./value.ts";

/** Versions of ONNX's operators whose meaning is known here. */
const VERSIONS = { min: 13, max: 21 } as const;

/**
 * A graph of the operators that are run here (`operators/index.ts`), compiled to a list of steps over blocks of rows.
 * A text for any other: the first node that is not, and why. Such a graph is left to ONNX Runtime, which also names the
 * fault of a broken file.
 */
export function openGraph(onnx: Uint8Array): Predictor | string {
  let graph: OnnxGraph;
  try {
    graph = readOnnxGraph(onnx);
  } catch (error) {
    if (hasCode(error, "BAD_MODEL")) return "the file can't be read";
    throw error;
  }
  const [input] = graph.inputs;
  if (graph.inputs.length !== 1 || input!.columns === undefined) return "its input is not one float[N, columns]";
  if (graph.version < VERSIONS.min || graph.version > VERSIONS.max) {
    return `its operators are of version ${graph.version}, not ${VERSIONS.min} to ${VERSIONS.max}`;
  }
  const features = rowsOf("float", [input!.columns]);
  const values = new Map<string, Value>([[input!.name, features]]);
  for (const [name, tensor] of graph.constants) values.set(name, constantOf(tensor));
  const steps: Step[] = [];
  for (const node of graph.nodes) {
    const compiled = compile(node, values);
    if (typeof compiled === "string") return `${node.operator}: ${compiled}`;
    for (const [at, name] of node.outputs.entries()) values.set(name, compiled.outputs[at]!);
    if (compiled.step !== undefined) steps.push(compiled.step);
  }
  const outputs: Rows[] = [];
  for (const name of graph.outputs) {
    const value = values.get(name);
    if (value === undefined || value.constant || value.kind !== "float" || value.size !== 1) {
      return `its output ${name} is not one float a row`;
    }
    outputs.push(value);
  }
  if (outputs.length === 0) return "it has no output";
  const buffers = new Set([...values.values()].map(({ data }) => data.buffer));
  // Trees among its nodes take about as much as the file.
  const bytes = onnx.length + [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
  return predictor(graph.outputs, { features, steps, outputs, bytes });
}

function compile(node: OnnxNode, values: ReadonlyMap<string, Value>): Compiled | string {
  const operator = graphOperators.get(node.operator);
  if (operator === undefined) return "it is not run here";
  const unknown = [...node.attributes.keys()].find((name) => !operator.attributes.includes(name));
  if (unknown !== undefined) return `its attribute ${unknown} is not known here`;
  const missing = node.inputs.find((name) => name !== "" && !values.has(name));
  if (missing !== undefined) return `its input ${missing} is not known here`;
  const inputs = node.inputs.map((name) => values.get(name));
  const [least, most] = operator.inputs;
  if (inputs.length > most || inputs.slice(0, least).includes(undefined) || inputs.length < least) {
    return `it has ${inputs.length} inputs`;
  }
  const { attributes, outputs } = node;
  const compiled = operator.compile({ inputs, attributes, outputs: outputs.length });
  if (typeof compiled === "string" || compiled.outputs.length === outputs.length) return compiled;
  return `it has ${outputs.length} outputs`;
}

interface Program {
  readonly features: Rows;
  readonly steps: readonly Step[];
  readonly outputs: readonly Rows[];
  readonly bytes: number;
}

function predictor(names: readonly string[], { features: input, steps, outputs, bytes }: Program): Predictor {
  const columns = input.size;
  return {
    columns,
    outputs: names,
    bytes,
    predict(features, rows) {
      const predictions = outputs.map(() => new Float32Array(rows));
      for (let from = 0; from < rows; from += BLOCK) {
        const count = Math.min(BLOCK, rows - from);
        input.data.set(features.subarray(from * columns, (from + count) * columns));
        for (const step of steps) step(count);
        for (const [at, { data }] of outputs.entries()) {
          const to = predictions[at]!;
          for (let row = 0; row < count; row++) {
            const value = data[row]!;
            // Processors have many NaNs, and compiled code may give another one than code that is not.
            to[from + row] = Number.isNaN(value) ? Number.NaN : value;
          }
        }
      }
      return predictions;
    },
    release: () => Promise.resolve(),
  };
}
