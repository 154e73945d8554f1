import { protobufFields, readOnnxGraph } from "../../serving/index.ts";
import { writeConstant, writeMetadata, writeNode, writeTensor, type ConstantTensor, type GraphNode } from "./graph.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";
import { withTexts } from "./rewrite-model.ts";
import { brokenPromise } from "../../streams/index.ts";

/** A model of one label or of several, as a learner gives it. */
export interface LabelModel {
  /** Of one label: the name of its output in the joined file. Of each model another one. */
  readonly label: string;
  /** One input float[N, columns], `features` in the joined file, and an output float[N, 1] a label; without graphs inside of nodes. */
  readonly onnx: Uint8Array;
  /** Of several labels: its outputs' names, and those in the joined file. */
  readonly outputs?: ReadonlyMap<string, string> | undefined;
}

const INPUT = "features";

/** Nodes that make the outputs of those of the joined models, whose labels are the names of what they give. */
export interface Ending {
  readonly nodes: readonly GraphNode[];
  readonly tensors: readonly ConstantTensor[];
  /** Each float[N, 1]. */
  readonly outputs: readonly string[];
}

/**
 * One ONNX file of several: the same input, and for each model an output with its label's name. Field numbers are those
 * of onnx.proto. The same files give the same bytes.
 *
 * @param metadata instead of theirs
 * @param ending its outputs are those of the file; absent: the file has one a label
 * @throws StreamsError `BROKEN_PROMISE` if they do not take the same input, or are not of the same versions of ONNX
 */
export function joinModels(
  models: readonly LabelModel[],
  metadata: Readonly<Record<string, string>>,
  ending?: Ending,
): Uint8Array {
  const names = models.flatMap(({ label, outputs }) => (outputs === undefined ? [label] : [...outputs.values()]));
  const input = [...names, ...(ending?.outputs ?? [])].includes(INPUT) ? `/${INPUT}` : INPUT;
  const parts = models.map((model) => partsOf(model, input));
  const [first, ...others] = parts;
  for (const [at, other] of others.entries()) {
    for (const part of ["versions", "input"] as const) {
      if (Buffer.compare(first![part], other[part]) === 0) continue;
      const [one, two] = [models[0]!.label, models[at + 1]!.label];
      throw brokenPromise(`the models of ${one} and ${two} are of different ${part} and can't be one file`);
    }
  }
  const graph = new ProtobufWriter();
  for (const { nodes } of parts) for (const node of nodes) graph.bytes(1, node);
  for (const node of ending?.nodes ?? []) graph.message(1, (writer) => writeNode(writer, node));
  graph.text(2, ending === undefined ? "labels" : "blend");
  for (const { tensors } of parts) for (const tensor of tensors) graph.bytes(5, tensor);
  for (const tensor of ending?.tensors ?? []) graph.message(5, (writer) => writeConstant(writer, tensor));
  graph.bytes(11, first!.input);
  if (ending === undefined) for (const { outputs } of parts) for (const output of outputs) graph.bytes(12, output);
  else for (const name of ending.outputs) graph.message(12, (writer) => writeTensor(writer, { name, columns: 1 }));
  const head = fieldsOf(first!.model, (field) => field !== 7 && field !== 14);
  const file = new ProtobufWriter().bytes(7, graph.finish());
  return Buffer.concat([head, writeMetadata(file, metadata).finish()]);
}

interface Parts {
  readonly model: Uint8Array;
  /** Of ONNX and of its sets of operators. */
  readonly versions: Uint8Array;
  readonly nodes: readonly Uint8Array[];
  readonly tensors: readonly Uint8Array[];
  readonly input: Uint8Array;
  readonly outputs: readonly Uint8Array[];
}

/** @param input the name of the input in the joined file */
function partsOf({ label, onnx, outputs: given }: LabelModel, input: string): Parts {
  const own = readOnnxGraph(onnx);
  const from = own.inputs[0]?.name;
  const made = given ?? new Map(own.outputs.slice(0, 1).map((output) => [output, label]));
  /** Names of the graph's inside must not meet those of the others, nor a label's. */
  const named = (name: string): string =>
    name === from ? input : (made.get(name) ?? (name === "" ? name : `${label}/${name}`));
  const [nodes, tensors, inputs, outputs]: Uint8Array[][] = [[], [], [], []];
  for (const { field, value } of protobufFields(onnx)) {
    if (field !== 7 || typeof value === "number") continue;
    for (const part of protobufFields(value)) {
      if (typeof part.value === "number") continue;
      if (part.field === 1) nodes!.push(withTexts(part.value, [1, 2, 3], named));
      else if (part.field === 5) tensors!.push(withTexts(part.value, [8], named));
      else if (part.field === 11) inputs!.push(withTexts(part.value, [1], named));
      else if (part.field === 12) outputs!.push(withTexts(part.value, [1], named));
    }
  }
  const [taken, ...moreInputs] = inputs!;
  if (taken === undefined || moreInputs.length > 0 || outputs!.length !== (given?.size ?? 1)) {
    const wanted = given === undefined ? "one of each is" : `one and ${given.size} are`;
    throw brokenPromise(
      `the model of ${label} has ${inputs!.length} inputs and ${outputs!.length} outputs, ${wanted} needed`,
    );
  }
  const versions = fieldsOf(onnx, (field) => field === 1 || field === 8);
  return { model: onnx, versions, nodes: nodes!, tensors: tensors!, input: taken, outputs: outputs! };
}

/** Some fields of a message as they are. */
function fieldsOf(message: Uint8Array, wanted: (field: number) => boolean): Uint8Array {
  const writer = new ProtobufWriter();
  for (const { field, value, wire } of protobufFields(message)) if (wanted(field)) writer.raw(field, wire, value);
  return writer.finish();
}
