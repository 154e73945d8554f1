import type { Objective } from "../../blueprints/index.ts";
import { readOnnxGraph } from "../../serving/index.ts";
import { LEAST_PROBABILITY } from "../../statistics/index.ts";
import type { ConstantTensor, GraphNode } from "./graph.ts";
import { classEnding } from "./class-ending.ts";
import { joinModels } from "./join-models.ts";
import { rewriteModel } from "./rewrite-model.ts";

/**
 * One ONNX file that predicts the mean of several: of their log odds (binary), of their logarithms (multiclass), or of their values. Output
 * `prediction`. The same files give the same bytes.
 *
 * @param files as those of `joinModels`
 * @param metadata instead of theirs
 * @param outputs of classes: the names of their outputs, in the files as in the blend
 */
export function blendModels(
  files: readonly Uint8Array[],
  objective: Objective,
  metadata: Readonly<Record<string, string>>,
  outputs: readonly string[] = [OUTPUT],
): Uint8Array {
  if (objective === "multiclass") return blendOfClasses(files, outputs, metadata);
  if (objective === "binary") {
    const members = files.map((onnx, at) => binaryMember(`member${at}`, onnx));
    return joinModels(members, metadata, { ...meanOfLogOdds(members), outputs: [OUTPUT] });
  }
  const members = files.map((onnx, at) => ({ label: `member${at}`, onnx }));
  const mean = node(
    "Mean",
    members.map(({ label }) => label),
    OUTPUT,
  );
  return joinModels(members, metadata, { nodes: [mean], tensors: [], outputs: [OUTPUT] });
}

const OUTPUT = "prediction";

/** The mean of the logarithms of each class's probability, and the softmax of those. */
function blendOfClasses(
  files: readonly Uint8Array[],
  outputs: readonly string[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const named = (member: number, at: number): string => `member${member}:class${at}`;
  const members = files.map((onnx, member) => ({
    ...{ label: `member${member}`, onnx },
    outputs: new Map(outputs.map((output, at) => [output, named(member, at)])),
  }));
  const margins = outputs.map((_, at) => `/margin${at}`);
  const means = outputs.flatMap((_, at) => {
    const logs = files.flatMap((_file, member) => [
      node("Clip", [named(member, at), "least", "most"], `${named(member, at)}:clipped`),
      node("Log", [`${named(member, at)}:clipped`], `${named(member, at)}:log`),
    ]);
    const own = files.map((_file, member) => `${named(member, at)}:log`);
    return [...logs, node("Mean", own, margins[at]!)];
  });
  const ending = classEnding(margins, outputs);
  const bounds = [scalar("least", LEAST_PROBABILITY), scalar("most", 1 - LEAST_PROBABILITY)];
  return joinModels(members, metadata, {
    nodes: [...means, ...ending.nodes],
    tensors: [...bounds, ...ending.tensors],
    outputs,
  });
}

/** A member of a blend of probabilities. */
interface BinaryMember {
  readonly label: string;
  readonly onnx: Uint8Array;
  /** Its output is the log odds themselves. */
  readonly isMargin: boolean;
}

/**
 * Log odds are taken from before a member's sigmoid: a float32 close to 1 has lost their digits, and two runtimes whose sigmoids differ in the last bit
 * would blend different ones.
 */
function binaryMember(label: string, onnx: Uint8Array): BinaryMember {
  const { nodes, outputs } = readOnnxGraph(onnx);
  const last = nodes.find((each) => each.outputs.includes(outputs[0]!));
  if (last?.operator !== "Sigmoid") return { label, onnx, isMargin: false };
  return { label, onnx: rewriteModel(onnx, [{ tensor: last.inputs[0]!, name: OUTPUT }], {}), isMargin: true };
}

function meanOfLogOdds(members: readonly BinaryMember[]): {
  readonly nodes: readonly GraphNode[];
  readonly tensors: readonly ConstantTensor[];
} {
  const margins = members.flatMap(({ label, isMargin }) =>
    isMargin
      ? [node("Clip", [label, "leastMargin", "mostMargin"], `${label}:margin`)]
      : [
          node("Clip", [label, "least", "most"], `${label}:clipped`),
          node("Sub", ["one", `${label}:clipped`], `${label}:rest`),
          node("Div", [`${label}:clipped`, `${label}:rest`], `${label}:odds`),
          node("Log", [`${label}:odds`], `${label}:margin`),
        ],
  );
  const own = members.map(({ label }) => `${label}:margin`);
  const bounds = [scalar("least", LEAST_PROBABILITY), scalar("most", 1 - LEAST_PROBABILITY), scalar("one", 1)];
  return {
    nodes: [...margins, node("Mean", own, "margin"), node("Sigmoid", ["margin"], OUTPUT)],
    tensors: [
      ...(members.every(({ isMargin }) => isMargin) ? [] : bounds),
      ...[scalar("leastMargin", -MOST_MARGIN), scalar("mostMargin", MOST_MARGIN)],
    ],
  };
}

/** The log odds at which probabilities are clipped. */
const MOST_MARGIN = Math.log((1 - LEAST_PROBABILITY) / LEAST_PROBABILITY);

const node = (operator: string, inputs: readonly string[], output: string): GraphNode => ({
  ...{ operator, domain: "", inputs, outputs: [output], attributes: {} },
});

const scalar = (name: string, value: number): ConstantTensor => ({ name, shape: [], values: Float32Array.of(value) });
