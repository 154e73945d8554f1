import type { OnnxAttribute } from "../onnx/onnx-graph.ts";
import type { Value } from "./value.ts";

/** A node, with what goes into it. */
export interface Call {
  /** `undefined`: left out, as optional inputs may be. */
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
  /** How many outputs it has. */
  readonly outputs: number;
}

/** What a node does to a block of rows, from 1 to `BLOCK` of them: it reads the data of its inputs and writes that of its outputs. */
export type Step = (rows: number) => void;

export interface Compiled {
  readonly outputs: readonly Value[];
  /** Absent: the outputs are views of the inputs. */
  readonly step?: Step;
}

/**
 * An operator of ONNX, as its standard defines it from version 13 of the operators on. A row's result has the same bits
 * whatever the rows beside it: numbers are added in the order of their columns, as float64, and rounded once.
 */
export interface GraphOperator {
  /** With its domain, if that is not ONNX's own. */
  readonly name: string;
  /** Those that it takes; a node with another one is not run here. */
  readonly attributes: readonly string[];
  /** How many it takes: fewer or more are not run here. */
  readonly inputs: readonly [least: number, most: number];
  /** A text: why this node is not run here. */
  compile(call: Call): Compiled | string;
}

/** The one number of an attribute. */
export const integerOf = (call: Call, name: string, fallback: number): number =>
  call.attributes.get(name)?.integers[0] ?? fallback;

export const floatOf = (call: Call, name: string, fallback: number): number =>
  call.attributes.get(name)?.floats[0] ?? fallback;

/** Whole numbers that an input gives, or in older versions an attribute. `undefined`: neither does. A text: why not here. */
export function wholeOf(call: Call, input: number, attribute: string): readonly number[] | string | undefined {
  const value = call.inputs[input];
  if (value === undefined) return call.attributes.get(attribute)?.integers;
  return value.constant && value.kind === "int64" ? [...value.data] : `its ${attribute} are no constant int64`;
}

/** The place of an axis of the tensor among the dimensions of a row. `undefined`: the axis of the rows, or none. */
export function inner(axis: number, dims: readonly number[]): number | undefined {
  const at = (axis < 0 ? axis + dims.length + 1 : axis) - 1;
  return at >= 0 && at < dims.length ? at : undefined;
}
