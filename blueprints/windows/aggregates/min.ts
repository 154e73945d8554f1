import { someNumber } from "../../formula/possible.ts";
import { tileNumbers } from "../tile.ts";
import { summarizer } from "../tree-summary.ts";
import { endIn, firstIn, isEmpty, type WindowAggregateKind } from "../window-aggregate.ts";

/** The smallest value; null if there are none. */
export const min: WindowAggregateKind = {
  name: "min",
  of: "field",
  title: "Smallest",
  possible: someNumber(),
  over(tiles, { from, to }, field, fields) {
    const stride = 1 + fields;
    let found = NONE;
    for (let t = 0; t < tiles.length; t++) {
      const tile = tiles[t];
      if (isEmpty(tile)) continue;
      const numbers = tileNumbers(tile, fields);
      const first = firstIn(numbers, stride, from) * stride + 1 + field;
      const value = smallest(numbers, first, endIn(numbers, stride, to) * stride, stride);
      if (value < found) found = value;
    }
    return orNull(found);
  },
  overTrees: (tiles, span, field, fields) => orNull(smallestInTrees(tiles, span, field, fields)),
};

const NONE = Number.POSITIVE_INFINITY;

const orNull = (found: number): number | null => (found === NONE ? null : found);

function smallest(numbers: Float64Array, first: number, end: number, stride: number): number {
  let found = NONE;
  for (let at = first; at < end; at += stride) if (numbers[at]! < found) found = numbers[at]!;
  return found;
}

const smallestInTrees = summarizer({ of: smallest, merge: (some) => some.reduce((a, b) => (b < a ? b : a), NONE) });
