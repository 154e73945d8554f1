import { ProtobufMessage as Message, protobufFields } from "../../serving/index.ts";
import { brokenPromise } from "../../streams/index.ts";
import { writeMetadata, writeTensor } from "./graph.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";

/** An output of a rewritten file. */
export interface ServedOutput {
  /** The tensor in the graph that has its values. */
  readonly tensor: string;
  /** Its name in the rewritten file. */
  readonly name: string;
  /** The column to take of a tensor float[N, columns]; absent: the tensor is one float a row. */
  readonly column?: number | undefined;
}

const INT64 = 7;
const TENSOR = 4;
/** Gather and Constant of it take what is written here. */
const OWN_OPERATORS = 13;

/**
 * An ONNX file with the same predictions, other outputs and other metadata. Nodes that no output needs are left out.
 * Field numbers are those of onnx.proto. The same arguments give the same bytes.
 *
 * @param metadata instead of that of the file
 * @throws StreamsError `BROKEN_PROMISE` if the file has no such tensor
 */
export function rewriteModel(
  onnx: Uint8Array,
  outputs: readonly ServedOutput[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const graph = Message.of(onnx).message(7);
  const nodes = graph.bytes(1).map((bytes) => ({ bytes, node: Message.of(bytes) }));
  const values = new Set([
    ...[5, 11].flatMap((field) => graph.messages(field).map((one) => one.text(field === 5 ? 8 : 1))),
    ...nodes.flatMap(({ node }) => [...node.texts(1), ...node.texts(2)]),
  ]);
  /** A graph within a node may name tensors of this one. */
  const nested = nodes.some(({ node }) =>
    node.messages(5).some((one) => one.bytes(6).length + one.bytes(11).length > 0),
  );
  const ends = outputs.map((output) => {
    if (!values.has(output.tensor)) throw brokenPromise(`the graph has no tensor ${output.tensor}`);
    return output;
  });
  const needed = nested ? nodes : neededBy(new Set(ends.map(({ tensor }) => tensor)), nodes);
  const isInput = new Set(graph.messages(11).map((input) => input.text(1)));
  const renamed = new Map<string, string>();
  const free = (name: string): string => (values.has(name) ? free(`/${name}`) : name);
  // A name that an output takes must be of no other tensor.
  for (const { tensor, name } of ends) if (values.has(name) && name !== tensor) renamed.set(name, free(`/${name}`));
  const takes = ends.map(({ tensor, name, column }) => {
    const simple = column === undefined && !nested && !isInput.has(tensor) && name !== tensor;
    if (simple) renamed.set(tensor, name);
    return { tensor, name, column, simple };
  });
  if (nested && renamed.size > 0) {
    const names = [...renamed.keys()].join(", ");
    throw brokenPromise(`the graph has tensors named ${names}, as outputs have to be, and graphs inside of nodes`);
  }
  const named = (name: string): string => renamed.get(name) ?? name;
  const made = new ProtobufWriter();
  for (const { bytes } of needed) made.bytes(1, withTexts(bytes, [1, 2], named));
  for (const { tensor, name, column, simple } of takes) {
    if (simple || (column === undefined && tensor === name)) continue;
    if (column === undefined) made.message(1, (node) => node.text(1, named(tensor)).text(2, name).text(4, "Identity"));
    else takeColumn(made, named(tensor), name, column, free(`/${name}/column`));
  }
  for (const { field, value, wire } of protobufFields(Message.of(onnx).bytes(7)[0]!)) {
    if ([1, 12, 13].includes(field)) continue;
    if (field === 5 || field === 11) made.bytes(field, withTexts(value as Uint8Array, [field === 5 ? 8 : 1], named));
    else made.raw(field, wire, value);
  }
  const shapes = new Map(graph.bytes(12).map((bytes) => [Message.of(bytes).text(1), bytes]));
  for (const { tensor, name, column } of takes) {
    const shape = column === undefined ? shapes.get(tensor) : undefined;
    if (shape === undefined) made.message(12, (value) => writeTensor(value, { name, columns: 1 }));
    else
      made.bytes(
        12,
        withTexts(shape, [1], () => name),
      );
  }
  return withGraph(onnx, made.finish(), metadata);
}

interface Node {
  readonly bytes: Uint8Array;
  readonly node: Message;
}

/** Nodes lie behind those whose outputs they take. */
function neededBy(wanted: Set<string>, nodes: readonly Node[]): readonly Node[] {
  return nodes
    .toReversed()
    .filter(({ node }) => {
      if (!node.texts(2).some((name) => wanted.has(name))) return false;
      for (const name of node.texts(1)) wanted.add(name);
      return true;
    })
    .toReversed();
}

function takeColumn(graph: ProtobufWriter, from: string, to: string, column: number, index: string): void {
  graph.message(1, (node) =>
    node
      .text(2, index)
      .text(4, "Constant")
      .message(5, (value) =>
        value
          .text(1, "value")
          .message(5, (tensor) => tensor.integers(1, [1]).integer(2, INT64).integers(7, [column]))
          .integer(20, TENSOR),
      ),
  );
  graph.message(1, (node) =>
    node
      .text(1, from)
      .text(1, index)
      .text(2, to)
      .text(4, "Gather")
      .message(5, (axis) => axis.text(1, "axis").integer(3, 1).integer(20, 2)),
  );
}

function withGraph(onnx: Uint8Array, graph: Uint8Array, metadata: Readonly<Record<string, string>>): Uint8Array {
  const file = new ProtobufWriter();
  let ownOperators = false;
  for (const { field, value, wire } of protobufFields(onnx)) {
    if (field === 8) ownOperators ||= ["", "ai.onnx"].includes(Message.of(value as Uint8Array).text(1));
    if (field === 7) file.bytes(7, graph);
    else if (field !== 14) file.raw(field, wire, value);
  }
  if (!ownOperators) file.message(8, (set) => set.text(1, "").integer(2, OWN_OPERATORS));
  return writeMetadata(file, metadata).finish();
}

const decoder = new TextDecoder();

/** A message with some of its texts changed. */
export function withTexts(message: Uint8Array, texts: readonly number[], named: (name: string) => string): Uint8Array {
  const writer = new ProtobufWriter();
  for (const { field, value, wire } of protobufFields(message)) {
    if (wire !== 2 || typeof value === "number" || !texts.includes(field)) writer.raw(field, wire, value);
    else writer.text(field, named(decoder.decode(value)));
  }
  return writer.finish();
}
