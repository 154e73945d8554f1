import { someNumber } from "../../formula/possible.ts";
import { tileNumbers } from "../tile.ts";
import { summarizer } from "../tree-summary.ts";
import { endIn, firstIn, isEmpty, type WindowAggregateKind } from "../window-aggregate.ts";

/** The largest value; null if there are none. */
export const max: WindowAggregateKind = {
  name: "max",
  of: "field",
  title: "Largest",
  possible: someNumber(),
  over(tiles, { from, to }, field, fields) {
    const stride = 1 + fields;
    let found = NONE;
    for (let t = 0; t < tiles.length; t++) {
      const tile = tiles[t];
      if (isEmpty(tile)) continue;
      const numbers = tileNumbers(tile, fields);
      const first = firstIn(numbers, stride, from) * stride + 1 + field;
      const value = largest(numbers, first, endIn(numbers, stride, to) * stride, stride);
      if (value > found) found = value;
    }
    return orNull(found);
  },
  overTrees: (tiles, span, field, fields) => orNull(largestInTrees(tiles, span, field, fields)),
};

const NONE = Number.NEGATIVE_INFINITY;

const orNull = (found: number): number | null => (found === NONE ? null : found);

function largest(numbers: Float64Array, first: number, end: number, stride: number): number {
  let found = NONE;
  for (let at = first; at < end; at += stride) if (numbers[at]! > found) found = numbers[at]!;
  return found;
}

const largestInTrees = summarizer({ of: largest, merge: (some) => some.reduce((a, b) => (b > a ? b : a), NONE) });
