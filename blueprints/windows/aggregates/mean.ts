import { someNumber } from "../../formula/possible.ts";
import type { WindowAggregateKind } from "../window-aggregate.ts";
import { finite, totalIn, totalInTrees, type Total } from "./total.ts";

/** Mean of the values; null if there are none. */
export const mean: WindowAggregateKind = {
  name: "mean",
  of: "field",
  possible: someNumber(),
  over: (tiles, span, field, fields) => meanOf(totalIn(tiles, span, field, fields)),
  overTrees: (tiles, span, field, fields) => meanOf(totalInTrees(tiles, span, field, fields)),
};

const meanOf = ({ values, sum }: Readonly<Total>): number | null => (values === 0 ? null : finite(sum / values));
