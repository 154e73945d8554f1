import { someNumber } from "../../formula/possible.ts";
import type { WindowAggregateKind } from "../window-aggregate.ts";
import { varianceIn, varianceInTrees } from "./moments.ts";

/** Population variance of the values, 0 of a single one; null if there are none. */
export const variance: WindowAggregateKind = {
  name: "variance",
  of: "field",
  title: "Variance of",
  possible: someNumber(0),
  over: varianceIn,
  overTrees: varianceInTrees,
};
