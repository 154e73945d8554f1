import { ProtobufMessage as Message, readOnnxGraph, readOnnxMetadata, type OnnxNode } from "../../serving/index.ts";
import { hasCode } from "../../streams/index.ts";
import { unfit } from "./unfit.ts";

/** An input or an output of a graph. */
export interface GraphValue {
  readonly name: string;
  /** `undefined`: it is no tensor, but a sequence or a map. */
  readonly element: number | undefined;
  /** `null`: of any length. `undefined`: the file does not say. */
  readonly shape: readonly (number | null)[] | undefined;
}

/** The surface of an ONNX file. */
export interface ModelSignature {
  /** Without those that are the file's own tensors. */
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  readonly nodes: readonly OnnxNode[];
  readonly metadata: Readonly<Record<string, string>>;
  /** The program that wrote it, with its version. */
  readonly producer: string;
}

export const FLOAT32 = 1;
const EXTERNAL = 1;

/**
 * Field numbers are those of onnx.proto.
 *
 * @throws DomainError `UNFIT_MODEL` when the bytes are no ONNX file, or a part of it lies in another one
 */
export function readSignature(onnx: Uint8Array): ModelSignature {
  try {
    const model = Message.of(onnx);
    const graph = model.message(7);
    const tensors = graph.messages(5);
    const external = tensors.find((tensor) => tensor.integers(14)[0] === EXTERNAL);
    if (external !== undefined) {
      throw unfit(
        `its tensor ${external.text(8)} lies in another file: save the model as one file ` +
          "(torch.onnx.export(…, external_data=False), onnx.save(model, file))",
      );
    }
    const own = new Set(tensors.map((tensor) => tensor.text(8)));
    const inputs = graph.messages(11).map(valueOf);
    const outputs = graph.messages(12).map(valueOf);
    if (outputs.length === 0)
      throw unfit("the file holds no ONNX model with an output: give the file that was exported");
    return {
      inputs: inputs.filter(({ name }) => !own.has(name)),
      outputs,
      nodes: readOnnxGraph(onnx).nodes,
      metadata: readOnnxMetadata(onnx),
      producer: [model.text(2), model.text(3)].filter((text) => text !== "").join(" "),
    };
  } catch (error) {
    if (!hasCode(error, "BAD_MODEL")) throw error;
    throw unfit("the file is no ONNX model: export the model as ONNX (docs/custom-models.md says how)", error);
  }
}

function valueOf(value: Message): GraphValue {
  const type = value.message(2);
  const [tensor] = type.messages(1);
  if (tensor === undefined) return { name: value.text(1), element: undefined, shape: undefined };
  const [shape] = tensor.messages(2);
  const lengths = shape?.messages(1).map((dimension) => dimension.integers(1)[0] ?? null);
  return { name: value.text(1), element: tensor.integers(1)[0], shape: lengths };
}

const elements: Readonly<Record<number, string>> = {
  ...{ 1: "float", 2: "uint8", 3: "int8", 5: "int16", 6: "int32", 7: "int64", 8: "string", 9: "bool" },
  ...{ 10: "float16", 11: "double", 16: "bfloat16" },
};

/** As people write it: `scores float[N, 2]`. */
export function valueText({ name, element, shape }: GraphValue): string {
  if (element === undefined) return `${name}, which is no tensor`;
  const lengths = shape === undefined ? "" : `[${shape.map((length) => length ?? "N").join(", ")}]`;
  return `${name} ${elements[element] ?? `of type ${element}`}${lengths}`;
}
