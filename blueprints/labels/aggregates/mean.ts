import type { LabelAggregateKind } from "../label-aggregate.ts";
import { RunningSum } from "./running-sum.ts";

class RunningMean extends RunningSum {
  override value(values: readonly number[]): number {
    return super.value(values) / values.length;
  }
}

export const mean: LabelAggregateKind = {
  name: "mean",
  binary: "never",
  time: "last",
  start: () => new RunningMean(),
};
