import type { ConstantTensor, GraphNode } from "./graph.ts";

export interface ClassEnding {
  readonly nodes: readonly GraphNode[];
  readonly tensors: readonly ConstantTensor[];
}

/**
 * The probabilities of classes from their margins, an output float[N, 1] for each.
 *
 * @param margins tensors float[N, 1], one a class
 * @param outputs names of the outputs, in the same order
 */
export function classEnding(margins: readonly string[], outputs: readonly string[]): ClassEnding {
  const axis = { axis: { kind: "integer", value: 1 } } as const;
  const node = (operator: string, inputs: readonly string[], output: string): GraphNode => ({
    ...{ operator, domain: "", inputs, outputs: [output], attributes: axis },
  });
  return {
    nodes: [
      node("Concat", margins, "/margins"),
      node("Softmax", ["/margins"], "/probabilities"),
      ...outputs.map((output, at) => node("Gather", ["/probabilities", `/class${at}`], output)),
    ],
    tensors: outputs.map((_, at) => ({ name: `/class${at}`, shape: [1], values: { integers: [at] } })),
  };
}
