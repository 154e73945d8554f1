import { brokenPromise } from "../../streams/index.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";

/** A node's attribute by its ONNX kind. */
export type Attribute =
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "integer"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "floats"; readonly value: readonly number[] }
  | { readonly kind: "integers"; readonly value: readonly number[] }
  | { readonly kind: "texts"; readonly value: readonly string[] };

export interface GraphNode {
  readonly operator: string;
  /** operator set: "" is ONNX's own, "ai.onnx.ml" the one with tree ensembles */
  readonly domain: "" | "ai.onnx.ml";
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** float32 tensor of rows × columns, with any number of rows. */
export interface GraphTensor {
  readonly name: string;
  readonly columns: number;
}

/** A tensor that the file holds. */
export interface ConstantTensor {
  readonly name: string;
  /** Empty: a scalar. */
  readonly shape: readonly number[];
  /** Row-major, as many as the shape has places; as float32, or as int64 where they are whole numbers for indices. */
  readonly values: Float32Array | { readonly integers: readonly number[] };
}

export interface Graph {
  readonly name: string;
  readonly input: GraphTensor;
  /** In this order in the file; each with the name of the label that it predicts. */
  readonly outputs: readonly GraphTensor[];
  readonly nodes: readonly GraphNode[];
  readonly tensors?: readonly ConstantTensor[] | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

const IR_VERSION = 8;
const OPERATOR_SETS = { "": 13, "ai.onnx.ml": 3 } as const;
const FLOAT32 = 1;
const INT64 = 7;

/** Field numbers below are those of onnx.proto. Metadata is written in the order of its keys' code units. */
export function encodeModel(graph: Graph): Uint8Array {
  const model = new ProtobufWriter()
    .integer(1, IR_VERSION)
    .text(2, "loopstream")
    .message(7, (inner) => {
      for (const node of graph.nodes) inner.message(1, (writer) => writeNode(writer, node));
      inner.text(2, graph.name);
      for (const tensor of graph.tensors ?? []) inner.message(5, (writer) => writeConstant(writer, tensor));
      inner.message(11, (writer) => writeTensor(writer, graph.input));
      for (const output of graph.outputs) inner.message(12, (writer) => writeTensor(writer, output));
    });
  for (const [domain, version] of Object.entries(OPERATOR_SETS)) {
    model.message(8, (set) => set.text(1, domain).integer(2, version));
  }
  return writeMetadata(model, graph.metadata).finish();
}

/** The file's `metadata_props`, in the order of their keys' code units. */
export function writeMetadata(file: ProtobufWriter, metadata: Readonly<Record<string, string>>): ProtobufWriter {
  for (const key of Object.keys(metadata).sort()) {
    file.message(14, (entry) => entry.text(1, key).text(2, metadata[key] ?? ""));
  }
  return file;
}

const product = (shape: readonly number[]): number => shape.reduce((places, size) => places * size, 1);

/** A message `TensorProto`. */
export function writeConstant(writer: ProtobufWriter, { name, shape, values }: ConstantTensor): ProtobufWriter {
  const [size, places] = [values instanceof Float32Array ? values.length : values.integers.length, product(shape)];
  if (size !== places) {
    throw brokenPromise(`tensor ${name} has ${size} values, its shape [${shape.join(", ")}] takes ${places}`);
  }
  for (const dimension of shape) writer.integer(1, dimension);
  if (values instanceof Float32Array) return writer.integer(2, FLOAT32).floats(4, values).text(8, name);
  return writer.integer(2, INT64).integers(7, values.integers).text(8, name);
}

/** A message `NodeProto`. */
export function writeNode(writer: ProtobufWriter, node: GraphNode): void {
  for (const input of node.inputs) writer.text(1, input);
  for (const output of node.outputs) writer.text(2, output);
  writer.text(4, node.operator);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    writer.message(5, (inner) => writeAttribute(inner.text(1, name), attribute));
  }
  if (node.domain !== "") writer.text(7, node.domain);
}

function writeAttribute(writer: ProtobufWriter, attribute: Attribute): ProtobufWriter {
  switch (attribute.kind) {
    case "integer":
      return writer.integer(3, attribute.value).integer(20, 2);
    case "text":
      return writer.text(4, attribute.value).integer(20, 3);
    case "float":
      return writer.float(2, attribute.value).integer(20, 1);
    case "floats":
      return writer.floats(7, attribute.value).integer(20, 6);
    case "integers":
      return writer.integers(8, attribute.value).integer(20, 7);
    case "texts":
      for (const value of attribute.value) writer.text(9, value);
      return writer.integer(20, 8);
  }
}

/** A message `ValueInfoProto`. */
export function writeTensor(writer: ProtobufWriter, tensor: GraphTensor): void {
  writer.text(1, tensor.name).message(2, (type) =>
    type.message(1, (dense) =>
      dense.integer(1, FLOAT32).message(2, (shape) => {
        shape.message(1, (rows) => rows.text(2, "N"));
        shape.message(1, (columns) => columns.integer(1, tensor.columns));
      }),
    ),
  );
}
