import { quantileOf, type Objective } from "../../blueprints/index.ts";
import { rowPinballLoss, weightedQuantile } from "../../statistics/index.ts";
import { exp, log, sigmoid } from "./elementary.ts";

/** What one head of a network learns. Its output is the logit of a probability (binary), or the value itself. */
export interface Target {
  readonly objective: Objective;
  /** The label that it is a class of: the outputs of its classes are margins of one softmax. They stand beside each other. */
  readonly classOf?: string | undefined;
  /** One a row. NaN: the row tells this head nothing. */
  readonly values: Float32Array;
}

/** A loss of one output. */
export interface HeadLoss {
  readonly of: (output: number, value: number) => number;
  /** Its derivative by the output. */
  readonly slope: (output: number, value: number) => number;
  /** The output with the least loss of all rows. */
  readonly start: (values: Float32Array, weights: Float32Array | undefined) => number;
}

/** The logarithmic loss (binary), half of the squared error, or the pinball loss. */
export function headLoss(objective: Objective): HeadLoss {
  if (objective === "binary") return logarithmic;
  const share = quantileOf(objective);
  if (share === undefined) return squared;
  return {
    of: (output, value) => rowPinballLoss(value, output, share),
    slope: (output, value) => (value >= output ? -share : 1 - share),
    start: (values, weights) => weightedQuantile(values, weights, share) || 0,
  };
}

/** Of the classes of one label: the logarithmic loss of the softmax of their outputs. */
export const classLoss = {
  /** @param at where the outputs of a row begin @param slopes gets the derivatives by each output, times the weight */
  slopes(outputs: Float32Array, at: number, values: readonly number[], weight: number, slopes: Float32Array): void {
    const chances = softmaxOf(outputs, at, values.length);
    for (const [k, value] of values.entries()) slopes[at + k] = weight * (chances[k]! - value);
  },
  of(outputs: Float32Array, at: number, values: readonly number[]): number {
    return -log(Math.max(softmaxOf(outputs, at, values.length)[values.indexOf(1)]!, 1e-12));
  },
  /** The logarithm of a class's share. */
  start: (values: Float32Array, weights: Float32Array | undefined): number =>
    log(Math.max(meanOf(values, weights), 1e-6)),
};

function softmaxOf(outputs: Float32Array, at: number, width: number): readonly number[] {
  let most = outputs[at]!;
  for (let k = 1; k < width; k++) most = Math.max(most, outputs[at + k]!);
  const parts = Array.from({ length: width }, (_, k) => exp(outputs[at + k]! - most));
  const sum = parts.reduce((total, part) => total + part, 0);
  return parts.map((part) => part / sum);
}

const logarithmic: HeadLoss = {
  of: (output, value) => Math.max(output, 0) - output * value + log(1 + exp(-Math.abs(output))),
  slope: (output, value) => sigmoid(output) - value,
  start: (values, weights) => {
    const rate = Math.min(Math.max(meanOf(values, weights), 1e-6), 1 - 1e-6);
    return log(rate / (1 - rate));
  },
};

const squared: HeadLoss = {
  of: (output, value) => ((output - value) * (output - value)) / 2,
  slope: (output, value) => output - value,
  start: meanOf,
};

function meanOf(values: Float32Array, weights: Float32Array | undefined): number {
  let [sum, total] = [0, 0];
  for (const [row, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    sum += value * (weights?.[row] ?? 1);
    total += weights?.[row] ?? 1;
  }
  return total === 0 ? 0 : sum / total;
}
