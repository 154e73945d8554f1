import { stateless, type LabelAggregateKind } from "../label-aggregate.ts";

export const latest: LabelAggregateKind = {
  name: "latest",
  binary: "ofBinary",
  time: "last",
  start: stateless((values) => values.at(-1)!),
};
