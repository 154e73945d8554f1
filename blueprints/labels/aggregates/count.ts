import { stateless, type LabelAggregateKind } from "../label-aggregate.ts";

export const count: LabelAggregateKind = {
  name: "count",
  binary: "never",
  time: "last",
  start: stateless((values) => values.length),
};
