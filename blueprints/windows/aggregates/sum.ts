import { someNumber } from "../../formula/possible.ts";
import type { WindowAggregateKind } from "../window-aggregate.ts";
import { finite, totalIn, totalInTrees, type Total } from "./total.ts";

/** Sum of the values, added in the order of the events; null if there are none. */
export const sum: WindowAggregateKind = {
  name: "sum",
  of: "field",
  possible: someNumber(),
  over: (tiles, span, field, fields) => sumOf(totalIn(tiles, span, field, fields)),
  overTrees: (tiles, span, field, fields) => sumOf(totalInTrees(tiles, span, field, fields)),
};

const sumOf = ({ values, sum }: Readonly<Total>): number | null => (values === 0 ? null : finite(sum));
