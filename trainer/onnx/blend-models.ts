import type { Objective } from "../../blueprints/index.ts";
import { LEAST_PROBABILITY } from "../../statistics/index.ts";
import type { ConstantTensor, GraphNode } from "./graph.ts";
import { joinModels } from "./join-models.ts";

/**
 * One ONNX file that predicts the mean of several: of their log odds (binary), or of their values (regression). Output
 * `prediction`. The same files give the same bytes.
 *
 * @param files as those of `joinModels`
 * @param metadata instead of theirs
 */
export function blendModels(
  files: readonly Uint8Array[],
  objective: Objective,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const members = files.map((onnx, at) => ({ label: `member${at}`, onnx }));
  const names = members.map(({ label }) => label);
  const ending = objective === "binary" ? meanOfLogOdds(names) : { nodes: [node("Mean", names, OUTPUT)], tensors: [] };
  return joinModels(members, metadata, { ...ending, output: OUTPUT });
}

const OUTPUT = "prediction";

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
