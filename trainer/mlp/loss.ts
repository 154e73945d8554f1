import { quantileOf, type Objective } from "../../blueprints/index.ts";
import { weightedQuantile } from "../../statistics/index.ts";
import { exp, log, sigmoid } from "./elementary.ts";

/** What one head of a network learns. Its output is the logit of a probability (binary), or the value itself. */
export interface Target {
  readonly objective: Objective;
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
    of: (output, value) => (value >= output ? share * (value - output) : (1 - share) * (output - value)),
    slope: (output, value) => (value >= output ? -share : 1 - share),
    start: (values, weights) => weightedQuantile(values, weights, share) || 0,
  };
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
