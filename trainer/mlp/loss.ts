import type { Objective } from "../../blueprints/index.ts";
import { exp, log, sigmoid } from "./elementary.ts";

/** What one head of a network learns. Its output is the logit of a probability (binary), or the value itself. */
export interface Target {
  readonly objective: Objective;
  /** One a row. NaN: the row tells this head nothing. */
  readonly values: Float32Array;
}

/** Of one output: the logarithmic loss (binary), or half of the squared error. */
export function lossOf(objective: Objective, output: number, value: number): number {
  if (objective === "regression") return ((output - value) * (output - value)) / 2;
  return Math.max(output, 0) - output * value + log(1 + exp(-Math.abs(output)));
}

/** Its derivative by the output. */
export const slopeOf = (objective: Objective, output: number, value: number): number =>
  (objective === "regression" ? output : sigmoid(output)) - value;
