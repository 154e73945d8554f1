import { sizeOf, type OnnxTensor, type TensorKind } from "../onnx/onnx-tensor.ts";

/** Rows that are worked on at once: their values stay in the processor's nearest caches. */
export const BLOCK = 64;

/** Whole numbers need 53 bits. */
export type Numbers = Float32Array | Float64Array;

/** A tensor of the file: the same for every row. */
export interface Constant {
  readonly constant: true;
  readonly kind: TensorKind;
  readonly dims: readonly number[];
  readonly data: Numbers;
}

/** A tensor with a value of each row. A bool is 0 or 1. */
export interface Rows {
  readonly constant: false;
  readonly kind: TensorKind;
  /** The shape of one row's value: that of the tensor without its first dimension. */
  readonly dims: readonly number[];
  /** Values of one row. */
  readonly size: number;
  /** `BLOCK` rows of them, which every block writes anew. */
  readonly data: Numbers;
}

export type Value = Constant | Rows;

const room = (kind: TensorKind, length: number): Numbers =>
  kind === "int64" ? new Float64Array(length) : new Float32Array(length);

export function rowsOf(kind: TensorKind, dims: readonly number[]): Rows {
  const size = sizeOf(dims);
  return { constant: false, kind, dims, size, data: room(kind, BLOCK * size) };
}

/** The same values in another shape, which must take as many. */
export const reshaped = (value: Rows, dims: readonly number[]): Rows => ({ ...value, dims });

export function constantOf({ kind, dims, values }: OnnxTensor): Constant {
  const data = room(kind, values.length);
  data.set(values);
  return { constant: true, kind, dims, data };
}
