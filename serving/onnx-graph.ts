import { protobufFields } from "./protobuf-reader.ts";

/** A node's attribute: whichever of the lists its kind fills, one element for a single value. */
export interface OnnxAttribute {
  readonly integers: readonly number[];
  readonly floats: readonly number[];
  readonly texts: readonly string[];
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
}

const FLOAT32 = 1;
const decoder = new TextDecoder();

/**
 * What an ONNX file computes. Field numbers are those of onnx.proto.
 *
 * @throws RangeError when the bytes are not an ONNX file
 */
export function readOnnxGraph(onnx: Uint8Array): OnnxGraph {
  const graph = Message.of(onnx).message(7);
  return {
    nodes: graph.messages(1).map(nodeOf),
    inputs: graph.messages(11).map((input) => ({ name: input.text(1), columns: columnsOf(input) })),
    outputs: graph.messages(12).map((output) => output.text(1)),
    initialised: graph.messages(5).length + graph.messages(15).length > 0,
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
    integers: [...attribute.integers(3), ...attribute.integers(8)],
    floats: [...attribute.floats(2), ...attribute.floats(7)],
    texts: [...attribute.texts(4), ...attribute.texts(9)],
  };
}

function columnsOf(input: Message): number | undefined {
  const tensor = input.message(2).message(1);
  const dimensions = tensor.message(2).messages(1);
  return tensor.integers(1)[0] === FLOAT32 && dimensions.length === 2 ? dimensions[1]!.integers(1)[0] : undefined;
}

/** A protobuf message; what is not there is empty. */
class Message {
  readonly #fields = new Map<number, (number | Uint8Array)[]>();

  static of(bytes: Uint8Array): Message {
    const message = new Message();
    for (const { field, value } of protobufFields(bytes)) {
      const there = message.#fields.get(field);
      if (there === undefined) message.#fields.set(field, [value]);
      else there.push(value);
    }
    return message;
  }

  #bytes(field: number): Uint8Array[] {
    return (this.#fields.get(field) ?? []).filter((value) => typeof value !== "number");
  }

  messages(field: number): Message[] {
    return this.#bytes(field).map((bytes) => Message.of(bytes));
  }

  message(field: number): Message {
    return this.messages(field)[0] ?? new Message();
  }

  texts(field: number): string[] {
    return this.#bytes(field).map((bytes) => decoder.decode(bytes));
  }

  text(field: number): string {
    return this.texts(field)[0] ?? "";
  }

  /** One by one or packed. */
  integers(field: number): number[] {
    return (this.#fields.get(field) ?? []).flatMap((value) => (typeof value === "number" ? [value] : varints(value)));
  }

  floats(field: number): number[] {
    return this.#bytes(field).flatMap((bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      return Array.from({ length: bytes.length >> 2 }, (_, at) => view.getFloat32(at * 4, true));
    });
  }
}

function varints(bytes: Uint8Array): number[] {
  const values: number[] = [];
  let value = 0;
  let scale = 1;
  for (const byte of bytes) {
    value += (byte & 127) * scale;
    scale *= 128;
    if (byte >= 128) continue;
    values.push(value);
    value = 0;
    scale = 1;
  }
  return values;
}
