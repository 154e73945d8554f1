import { onnxTensor, type OnnxTensor } from "./onnx-tensor.ts";
import { Message } from "./protobuf-reader.ts";

/** A node's attribute: the list of its kind is filled, with one element for a single value. */
export interface OnnxAttribute {
  readonly integers: readonly number[];
  readonly floats: readonly number[];
  readonly texts: readonly string[];
  /** Absent: it is none, or one that is not read here. */
  readonly tensor?: OnnxTensor | undefined;
}

export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  /** Columns of a float32 input of two dimensions; `undefined` for any other. */
  readonly inputs: readonly { readonly name: string; readonly columns: number | undefined }[];
  readonly outputs: readonly string[];
  /** Whether it holds tensors of its own. */
  readonly initialised: boolean;
  /** Those of them that are read here, by name. */
  readonly constants: ReadonlyMap<string, OnnxTensor>;
  /** Of the set of standard operators. */
  readonly version: number;
}

const FLOAT32 = 1;

/**
 * The graph of an ONNX file. Field numbers are those of onnx.proto.
 *
 * @throws DomainError `BAD_MODEL` when the bytes are not an ONNX file
 */
export function readOnnxGraph(onnx: Uint8Array): OnnxGraph {
  const model = Message.of(onnx);
  const graph = model.message(7);
  const constants = graph.messages(5).flatMap((message) => {
    const tensor = onnxTensor(message);
    return tensor === undefined ? [] : [[message.text(8), tensor] as const];
  });
  const standard = model.messages(8).find((set) => set.text(1) === "");
  return {
    nodes: graph.messages(1).map(nodeOf),
    inputs: graph.messages(11).map((input) => ({ name: input.text(1), columns: columnsOf(input) })),
    outputs: graph.messages(12).map((output) => output.text(1)),
    initialised: graph.messages(5).length + graph.messages(15).length > 0,
    constants: new Map(constants),
    version: standard?.integers(2).at(-1) ?? 0,
  };
}

function nodeOf(node: Message): OnnxNode {
  return {
    operator: `${node.text(7)}.${node.text(4)}`.replace(/^\./, ""),
    inputs: node.texts(1),
    outputs: node.texts(2),
    attributes: new Map(node.messages(5).map((attribute) => [attribute.text(1), attributeOf(attribute)])),
  };
}

function attributeOf(attribute: Message): OnnxAttribute {
  return {
    integers: either(attribute.integers(3), attribute.integers(8)),
    floats: either(attribute.floats(2), attribute.floats(7)),
    texts: either(attribute.texts(4), attribute.texts(9)),
    tensor: attribute.messages(5).map(onnxTensor)[0],
  };
}

/** A single value, or the list of a list's attribute. */
const either = <T>(one: readonly T[], many: readonly T[]): readonly T[] => {
  if (one.length === 0) return many;
  return many.length === 0 ? one : [...one, ...many];
};

function columnsOf(input: Message): number | undefined {
  const tensor = input.message(2).message(1);
  const dimensions = tensor.message(2).messages(1);
  return tensor.integers(1)[0] === FLOAT32 && dimensions.length === 2 ? dimensions[1]!.integers(1)[0] : undefined;
}
