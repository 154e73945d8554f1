import type { LabelAggregateKind, RunningAggregate } from "../label-aggregate.ts";
import { BySize } from "./by-size.ts";

class RunningMedian extends BySize implements RunningAggregate {
  value(): number {
    const { values } = this;
    const half = values.length >> 1;
    const upper = values[half]!;
    return values.length % 2 === 1 ? upper : (values[half - 1]! + upper) / 2;
  }
}

export const median: LabelAggregateKind = {
  name: "median",
  binary: "never",
  time: "last",
  start: () => new RunningMedian(),
};
