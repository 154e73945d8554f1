import type { LabelAggregateKind } from "../label-aggregate.ts";
import { RunningSum } from "./running-sum.ts";

export const sum: LabelAggregateKind = {
  name: "sum",
  binary: "never",
  time: "last",
  start: () => new RunningSum(),
};
