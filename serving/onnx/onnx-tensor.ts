import type { Message } from "./protobuf-reader.ts";

/** Kinds of numbers that are read here. */
export type TensorKind = "float" | "int64" | "bool";

/** A tensor that a file holds: row-major, whole numbers up to 2^53, a bool as 0 or 1. No dimensions: a single value. */
export interface OnnxTensor {
  readonly kind: TensorKind;
  readonly dims: readonly number[];
  readonly values: readonly number[];
}

/** TensorProto.DataType in onnx.proto. */
const KINDS: Readonly<Record<number, TensorKind>> = { 1: "float", 7: "int64", 9: "bool" };
const BYTES: Readonly<Record<TensorKind, number>> = { float: 4, int64: 8, bool: 1 };

/** A TensorProto. `undefined`: of another kind, in a file of its own, or with other values than its shape takes. */
export function onnxTensor(tensor: Message): OnnxTensor | undefined {
  const kind = KINDS[tensor.integers(2)[0] ?? 0];
  if (kind === undefined || tensor.messages(13).length > 0 || (tensor.integers(14)[0] ?? 0) !== 0) return undefined;
  const dims = tensor.integers(1);
  const [raw] = tensor.bytes(9);
  const values = raw === undefined ? listed(tensor, kind) : read(raw, kind);
  return values.length === sizeOf(dims) ? { kind, dims, values } : undefined;
}

/** How many values a shape takes. */
export const sizeOf = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1);

function listed(tensor: Message, kind: TensorKind): readonly number[] {
  if (kind === "float") return tensor.floats(4);
  return tensor.integers(kind === "int64" ? 7 : 5);
}

function read(raw: Uint8Array, kind: TensorKind): readonly number[] {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  const at = (offset: number): number => {
    if (kind === "float") return view.getFloat32(offset, true);
    return kind === "bool" ? view.getUint8(offset) : Number(view.getBigInt64(offset, true));
  };
  return Array.from({ length: Math.floor(raw.length / BYTES[kind]) }, (_, index) => at(index * BYTES[kind]));
}
