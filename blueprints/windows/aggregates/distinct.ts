import { someNumber } from "../../formula/possible.ts";
import { tileNumbers } from "../tile.ts";
import { summarizer } from "../tree-summary.ts";
import { endIn, firstIn, isEmpty, type WindowAggregateKind } from "../window-aggregate.ts";

/** Number of different values; 0 if there are none. */
export const distinct: WindowAggregateKind = {
  name: "distinct",
  of: "field",
  takes: { number: "number", category: "number" },
  title: "Number of different values in",
  possible: someNumber(0),
  over(tiles, { from, to }, field, fields) {
    const stride = 1 + fields;
    const found = new Set<number>();
    for (let t = 0; t < tiles.length; t++) {
      const tile = tiles[t];
      if (isEmpty(tile)) continue;
      const numbers = tileNumbers(tile, fields);
      add(
        found,
        numbers,
        firstIn(numbers, stride, from) * stride + 1 + field,
        endIn(numbers, stride, to) * stride,
        stride,
      );
    }
    return found.size;
  },
  overTrees: (tiles, span, field, fields) => distinctInTrees(tiles, span, field, fields).size,
};

function add(into: Set<number>, numbers: Float64Array, first: number, end: number, stride: number): Set<number> {
  for (let at = first; at < end; at += stride) if (!Number.isNaN(numbers[at])) into.add(numbers[at]!);
  return into;
}

const distinctInTrees = summarizer<ReadonlySet<number>>({
  of: (numbers, first, end, stride) => add(new Set(), numbers, first, end, stride),
  merge(some) {
    if (some.length === 1) return some[0]!;
    const all = new Set<number>();
    for (const one of some) for (const value of one) all.add(value);
    return all;
  },
});
