import type { Objective } from "../../blueprints/index.ts";
import { LEAST_PROBABILITY } from "../../statistics/index.ts";
import type { ConstantTensor, GraphNode } from "./graph.ts";
import { classEnding } from "./class-ending.ts";
import { joinModels } from "./join-models.ts";

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
  const members = files.map((onnx, at) => ({ label: `member${at}`, onnx }));
  const names = members.map(({ label }) => label);
  const ending = objective === "binary" ? meanOfLogOdds(names) : { nodes: [node("Mean", names, OUTPUT)], tensors: [] };
  return joinModels(members, metadata, { ...ending, outputs: [OUTPUT] });
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

function meanOfLogOdds(names: readonly string[]): {
  readonly nodes: readonly GraphNode[];
  readonly tensors: readonly ConstantTensor[];
} {
  const margins = names.flatMap((name) => [
    node("Clip", [name, "least", "most"], `${name}:clipped`),
    node("Sub", ["one", `${name}:clipped`], `${name}:rest`),
    node("Div", [`${name}:clipped`, `${name}:rest`], `${name}:odds`),
    node("Log", [`${name}:odds`], `${name}:margin`),
  ]);
  const mean = node(
    "Mean",
    names.map((name) => `${name}:margin`),
    "margin",
  );
  return {
    nodes: [...margins, mean, node("Sigmoid", ["margin"], OUTPUT)],
    tensors: [scalar("least", LEAST_PROBABILITY), scalar("most", 1 - LEAST_PROBABILITY), scalar("one", 1)],
  };
}

const node = (operator: string, inputs: readonly string[], output: string): GraphNode => ({
  ...{ operator, domain: "", inputs, outputs: [output], attributes: {} },
});

const scalar = (name: string, value: number): ConstantTensor => ({ name, shape: [], values: Float32Array.of(value) });
