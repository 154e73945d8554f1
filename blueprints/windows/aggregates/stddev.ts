import { someNumber } from "../../formula/possible.ts";
import type { WindowAggregateKind } from "../window-aggregate.ts";
import { varianceIn, varianceInTrees } from "./moments.ts";

/** Standard deviation of the values: the root of their population variance. Null if there are none. */
export const stddev: WindowAggregateKind = {
  name: "stddev",
  of: "field",
  title: "Standard deviation of",
  possible: someNumber(0),
  over: (tiles, span, field, fields) => rootOf(varianceIn(tiles, span, field, fields)),
  overTrees: (tiles, span, field, fields) => rootOf(varianceInTrees(tiles, span, field, fields)),
};

const rootOf = (variance: number | null): number | null => (variance === null ? null : Math.sqrt(variance));
