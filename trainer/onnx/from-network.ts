import type { Objective } from "../../blueprints/index.ts";
import { unitsOf } from "../classes.ts";
import type { InputPlan, Network, Ramp } from "../mlp/index.ts";
import { type Attribute, type ConstantTensor, encodeModel, type GraphNode } from "./graph.ts";

/** What one head of a network predicts. */
export interface Head {
  /** The name of the output. */
  readonly name: string;
  readonly objective: Objective;
  /** The label that it is a class of; the heads of its classes stand beside each other. */
  readonly classOf?: string | undefined;
  /** A number is output · scale + mean. */
  readonly mean: number;
  readonly scale: number;
}

/**
 * Turns a network into an ONNX file of standard operators: input `features` float[N, columns] with NaN = missing, and for each
 * head an output float[N, 1]. Same network and metadata, same bytes.
 *
 * @param heads in the order of the network's outputs
 */
export function onnxFromNetwork(
  network: Network,
  plan: InputPlan,
  columns: number,
  heads: readonly Head[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  // A label may have the input's name.
  const input = heads.some(({ name }) => name === FEATURES) ? `/${FEATURES}` : FEATURES;
  const graph = new GraphParts(input);
  const parts = [...numberParts(graph, plan), ...codeParts(graph, plan, network)];
  let values = parts.length === 1 ? parts[0]! : graph.node("Concat", parts, { axis: 1 });
  const { shape, layers } = network;
  const widths = [inputsOf(network), ...shape.hidden];
  for (const [at, width] of shape.hidden.entries()) {
    const layer = layers[at]!;
    const [weights, bias] = [network.view(layer.weights), network.view(layer.bias)];
    const from = widths[at]!;
    const cut = Float32Array.from({ length: from * width }, (_, i) => {
      const input = Math.floor(i / width);
      return weights[input * layer.outputs + (i - input * width)]!;
    });
    const product = [values, graph.floats([from, width], cut), graph.floats([width], bias.slice(0, width))];
    values = graph.node("Relu", [graph.node("Gemm", product)]);
  }
  let at = 0;
  for (const unit of unitsOf(heads, ({ classOf }) => classOf)) {
    writeHeads(graph, network, values, at, unit);
    at += unit.length;
  }
  return encodeModel({
    name: "network",
    input: { name: input, columns },
    outputs: heads.map(({ name }) => ({ name, columns: 1 })),
    nodes: graph.nodes,
    tensors: graph.tensors,
    metadata,
  });
}

const FEATURES = "features";

/** How many inputs the first layer really has. */
function inputsOf({ shape }: Network): number {
  return shape.numbers + shape.embeddings.reduce((sum, { width }) => sum + width, 0);
}

/** One head, or those of the classes of a label. @param at the number of the first */
function writeHeads(graph: GraphParts, network: Network, values: string, at: number, heads: readonly Head[]): void {
  const [{ objective, classOf, name }] = heads as readonly [Head];
  if (classOf === undefined) {
    const product = productOf(graph, network, values, at, heads[0]!);
    if (objective !== "binary") graph.node("Gemm", product, {}, name);
    else graph.node("Sigmoid", [graph.node("Gemm", product)], {}, name);
    return;
  }
  const margins = heads.map((head, k) => graph.node("Gemm", productOf(graph, network, values, at + k, head)));
  const chances = graph.node("Softmax", [graph.node("Concat", margins, { axis: 1 })], { axis: 1 });
  for (const [k, head] of heads.entries())
    graph.node("Gather", [chances, graph.integers([1], [k])], { axis: 1 }, head.name);
}

function productOf(graph: GraphParts, network: Network, values: string, at: number, head: Head): readonly string[] {
  const layer = network.layers.at(-1)!;
  const width = network.shape.hidden.at(-1)!;
  const [weights, bias] = [network.view(layer.weights), network.view(layer.bias)];
  const factors = Float32Array.from({ length: width }, (_, i) => weights[i * layer.outputs + at]! * head.scale);
  const first = bias[at]! * head.scale + head.mean;
  return [values, graph.floats([width, 1], factors), graph.floats([1], [first])];
}

/** A score each, with the mean for a missing number; where numbers are missing; and the quarters. */
function numberParts(graph: GraphParts, plan: InputPlan): readonly string[] {
  const { numbers } = plan;
  if (numbers.length === 0) return missingParts(graph, plan);
  const columns = numbers.map(({ column }) => column);
  const given = graph.node("Gather", [graph.input, graph.integers([columns.length], columns)], { axis: 1 });
  const means = numbers.map(({ mean }) => mean);
  const filled = graph.node("Where", [graph.node("IsNaN", [given]), graph.floats([means.length], means), given]);
  return [scorePart(graph, plan, filled), ...missingParts(graph, plan), ...quarterParts(graph, plan, filled)];
}

/** The first ramp of each number, the second ones and so on are added up one after the other. */
function scorePart(graph: GraphParts, { numbers }: InputPlan, filled: string): string {
  const starts = numbers.map(({ score }) => score.start);
  const most = Math.max(...numbers.map(({ score }) => score.ramps.length));
  const places = Array.from({ length: most }, (_, at) =>
    numbers.map(({ score }, number) => ({ number, ...(score.ramps[at] ?? { from: 0, scale: 0, rise: 0 }) })),
  ).flat();
  const first = graph.floats([1, starts.length], starts);
  if (most === 0) return graph.node("Add", [graph.node("Mul", [filled, graph.floats([1], [0])]), first]);
  const risen = graph.node("Mul", [
    rampPart(graph, filled, places),
    graph.floats(
      [places.length],
      places.map(({ rise }) => rise),
    ),
  ]);
  const parts = Array.from({ length: most }, (_, at) => {
    const own = numbers.map((_number, number) => at * numbers.length + number);
    return graph.node("Gather", [risen, graph.integers([own.length], own)], { axis: 1 });
  });
  return parts.reduce((sum, part) => graph.node("Add", [sum, part]), first);
}

function quarterParts(graph: GraphParts, { numbers }: InputPlan, filled: string): readonly string[] {
  const ramps = numbers.flatMap(({ quarters }, number) => quarters.map((ramp) => ({ number, ...ramp })));
  if (ramps.length === 0) return [];
  return [graph.node("Sub", [rampPart(graph, filled, ramps), graph.floats([1], [0.5])])];
}

/** From 0 to 1. */
function rampPart(graph: GraphParts, filled: string, ramps: readonly (Ramp & { readonly number: number })[]): string {
  const row = (of: (ramp: Ramp) => number): string => graph.floats([ramps.length], ramps.map(of));
  const numbers = ramps.map(({ number }) => number);
  const given = graph.node("Gather", [filled, graph.integers([numbers.length], numbers)], { axis: 1 });
  const moved = graph.node("Sub", [given, row(({ from }) => from)]);
  const scaled = graph.node("Mul", [moved, row(({ scale }) => scale)]);
  return graph.node("Clip", [scaled, graph.floats([], [0]), graph.floats([], [1])]);
}

/** 1 where a value is missing. */
function missingParts(graph: GraphParts, { missing }: InputPlan): readonly string[] {
  if (missing.length === 0) return [];
  const given = graph.node("Gather", [graph.input, graph.integers([missing.length], missing)], { axis: 1 });
  return [graph.node("Cast", [graph.node("IsNaN", [given])], { to: FLOAT32 })];
}

const [FLOAT32, INT64] = [1, 7];

/** The embedding of each category. */
function codeParts(graph: GraphParts, { categories }: InputPlan, network: Network): readonly string[] {
  return categories.map(({ column, categories: count }, at) => {
    const { codes, width } = network.shape.embeddings[at]!;
    const given = graph.node("Gather", [graph.input, graph.integers([], [column])], { axis: 1 });
    const missing = graph.node("IsNaN", [given]);
    const known = graph.node("Where", [missing, graph.floats([1], [count]), given]);
    const table = graph.floats([codes, width], network.view(network.tables[at]!));
    return graph.node("Gather", [table, graph.node("Cast", [known], { to: INT64 })], { axis: 0 });
  });
}

/** Nodes and tensors of a graph, with names by their order. */
class GraphParts {
  readonly nodes: GraphNode[] = [];
  readonly tensors: ConstantTensor[] = [];
  /** The name of the graph's input. */
  readonly input: string;

  constructor(input: string) {
    this.input = input;
  }

  /** @returns the name of its output */
  node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, number>> = {},
    output = `/n${this.nodes.length}`,
  ): string {
    const integers = Object.entries(attributes).map(([name, value]): [string, Attribute] => [
      name,
      { kind: "integer", value },
    ]);
    this.nodes.push({ operator, domain: "", inputs, outputs: [output], attributes: Object.fromEntries(integers) });
    return output;
  }

  floats(shape: readonly number[], values: ArrayLike<number>): string {
    return this.#tensor(shape, Float32Array.from(values));
  }

  integers(shape: readonly number[], integers: readonly number[]): string {
    return this.#tensor(shape, { integers });
  }

  #tensor(shape: readonly number[], values: ConstantTensor["values"]): string {
    const name = `/t${this.tensors.length}`;
    this.tensors.push({ name, shape, values });
    return name;
  }
}
