import { stateless, type LabelAggregateKind } from "../label-aggregate.ts";

export const earliest: LabelAggregateKind = {
  name: "earliest",
  binary: "ofBinary",
  time: "first",
  start: stateless((values) => values[0]!),
};
