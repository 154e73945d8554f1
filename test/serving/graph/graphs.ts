import { openGraph } from "../../../serving/graph/graph-model.ts";
import { openOnnxModel } from "../../../serving/onnx/onnx-session.ts";
import type { Predictor } from "../../../serving/onnx/predictor.ts";
import { encodeModel, type Attribute, type ConstantTensor, type GraphNode } from "../../../trainer/onnx/index.ts";

export const node = (
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>> = {},
): GraphNode => ({ operator, domain: "", inputs, outputs, attributes });

export const integer = (value: number): Attribute => ({ kind: "integer", value });
export const floats = (name: string, shape: readonly number[], values: readonly number[]): ConstantTensor => ({
  ...{ name, shape, values: Float32Array.from(values) },
});
export const whole = (name: string, shape: readonly number[], values: readonly number[]): ConstantTensor => ({
  ...{ name, shape, values: { integers: values } },
});

export interface Computation {
  readonly columns: number;
  readonly nodes: readonly GraphNode[];
  readonly constants?: readonly ConstantTensor[];
  /** A float[N, width], each column of which becomes an output. */
  readonly result: string;
  readonly width: number;
}

export function fileOf({ columns, nodes, constants = [], result, width }: Computation): Uint8Array {
  const each = Array.from({ length: width }, (_, at) => at);
  return encodeModel({
    name: "computation",
    input: { name: "features", columns },
    outputs: each.map((at) => ({ name: `out ${at}`, columns: 1 })),
    nodes: [...nodes, ...each.map((at) => node("Gather", [result, `at ${at}`], [`out ${at}`], { axis: integer(1) }))],
    tensors: [...constants, ...each.map((at) => whole(`at ${at}`, [1], [at]))],
    metadata: {},
  });
}

export function here(onnx: Uint8Array): Predictor {
  const opened = openGraph(onnx);
  if (typeof opened === "string") throw new Error(opened);
  return opened;
}

/** The predictions of both, for each output one a row. */
export async function both(
  onnx: Uint8Array,
  features: Float32Array,
  rows: number,
): Promise<Readonly<Record<"ours" | "theirs", readonly Float32Array[]>>> {
  const ours = await here(onnx).predict(features, rows);
  const runtime = await openOnnxModel(onnx);
  const theirs = await runtime.predict(features, rows);
  await runtime.release();
  return { ours, theirs };
}

/** The largest difference, relative above 1; infinite where one is NaN or infinite and the other is not the same. */
export function apart(ours: readonly Float32Array[], theirs: readonly Float32Array[]): number {
  let most = 0;
  for (const [output, values] of ours.entries()) {
    for (const [row, value] of values.entries()) {
      const other = theirs[output]![row]!;
      if (Object.is(value, other) || (value === 0 && other === 0)) continue;
      const difference = Math.abs(value - other) / Math.max(1, Math.abs(other));
      most = Math.max(most, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
    }
  }
  return most;
}
