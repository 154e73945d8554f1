import { learnerKinds, type LearnerKind } from "../../blueprints/index.ts";
import { DomainError } from "../../schemas/index.ts";
import { momentsOf } from "../../statistics/index.ts";
import { columnShares, makeInputs, planInputs, trainNetwork, type NetworkRows, type Target } from "../mlp/index.ts";
import { onnxFromNetwork, type Head } from "../onnx/index.ts";
import { byLogarithm } from "../search/by-logarithm.ts";
import { part } from "../search/folds.ts";
import type { FitInput, FitLabel, FitValidation, Learner } from "./learner.ts";

/** A multi-layer perceptron. Several labels are heads of one network; a row without one of them has NaN there. */
export const mlp: Learner<"mlp"> = {
  kind: learnerKinds.get("mlp") as LearnerKind<"mlp">,
  module: import.meta.url,
  steps: "epochs",
  space: {
    first: [{}, { epochs: 8, learningRate: 0.002, dropout: 0.1 }],
    more: (draw) => ({
      hidden: SIZES[Math.floor(SIZES.length * draw("hidden"))]!,
      epochs: 3 + Math.floor(6 * draw("epochs")),
      batch: draw("batch") < 0.5 ? 128 : 256,
      learningRate: byLogarithm(0.0005, 0.003, draw("learningRate")),
      weightDecay: byLogarithm(0.9, 30, draw("weightDecay")),
      dropout: 0.3 * draw("dropout"),
    }),
  },
  multiTask: ({ shared }) => shared,
  async fit(input) {
    const { features, rows, columns, inputs, weights, labels, model, metadata, onProgress } = input;
    const plan = planInputs(features, rows, columns, inputs);
    const heads = labels.map((label) => headOf(label, weights, labels.length));
    const rowsOf = (some: FitValidation): NetworkRows => ({
      inputs: makeInputs(some.features, some.rows, columns, plan),
      targets: heads.map((head, at) => targetOf(some.labels[at]!, head)),
      weights: some.weights,
    });
    const { own, judge } = splitRows(input);
    const { network, epochs } = trainNetwork({
      ...{ plan, train: rowsOf(own), judge: judge && rowsOf(judge) },
      ...{ settings: model, onEpoch: onProgress },
    });
    if (network.parameters.some((parameter) => !Number.isFinite(parameter))) {
      throw new DomainError(
        "TRAINING_FAILED",
        `the steps became too large for numbers: set model.learningRate below ${model.learningRate}`,
      );
    }
    return {
      onnx: onnxFromNetwork(network, plan, columns, heads, metadata),
      importance: columnShares(network, features, rows, columns, plan),
      ...(input.validation && { steps: epochs }),
    };
  },
};

/** Hidden layers that a search tries. */
const SIZES: readonly (readonly number[])[] = [[64, 32], [128, 64], [128], [256, 128]];

/** The rows that are learnt from, and those that say when to stop: given ones, or the newest of its own if the model asks for that. */
function splitRows(input: FitInput<"mlp">): {
  readonly own: FitValidation;
  readonly judge?: FitValidation | undefined;
} {
  const { rows, labels, model, validation } = input;
  const from = validation === undefined ? Math.min(...labels.map((label) => newestOf(label, model.validation))) : rows;
  const lost = labels.find(({ values }) => from < rows && values.subarray(0, from).every(Number.isNaN));
  if (lost !== undefined) {
    throw new DomainError(
      "BAD_TRAINING_DATA",
      `all rows with label ${lost.name} are among the newest, which model.validation ${model.validation} keeps to say when to stop: set it to 0, or wait for more rows`,
    );
  }
  return { own: part(input, 0, from), judge: from === rows ? validation : part(input, from, rows) };
}

/** Where the newest share of the rows that have a label begins: a label that waits long is not in the newest rows. */
function newestOf({ values }: FitLabel, share: number): number {
  const known = values.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0);
  let held = Math.min(known - 1, Math.round(known * share));
  let from = values.length;
  while (held > 0) if (!Number.isNaN(values[--from]!)) held--;
  return from;
}

/** Numbers are learnt in units of their standard deviation. */
function headOf(
  { name, objective, classOf, values }: FitLabel,
  weights: Float32Array | undefined,
  count: number,
): Head {
  const output = count === 1 ? "prediction" : name;
  if (objective === "binary") return { name: output, objective, classOf, mean: 0, scale: 1 };
  const { mean, deviation } = momentsOf(values, weights);
  return { name: output, objective, mean, scale: deviation > 0 ? deviation : 1 };
}

const targetOf = (values: Float32Array, { objective, classOf, mean, scale }: Head): Target => ({
  objective,
  classOf,
  values: objective === "binary" ? values : values.map((value) => (value - mean) / scale),
});
