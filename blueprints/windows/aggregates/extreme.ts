import { someNumber } from "../../formula/possible.ts";
import { tileNumbers } from "../tile.ts";
import { summarizer } from "../tree-summary.ts";
import { endIn, firstIn, isEmpty, type WindowAggregateKind } from "../window-aggregate.ts";

const NONE = Number.NEGATIVE_INFINITY;

/**
 * The largest value of a window, or the smallest; null if there are none.
 * @param sign 1: the largest; −1: the smallest, which is the largest of the values with the other sign
 */
export function extreme(name: string, title: string, sign: 1 | -1): WindowAggregateKind {
  // `+ 0`: zero has one form, whatever the sign.
  const orNull = (found: number): number | null => (found === NONE ? null : sign * found + 0);
  const furthest = (numbers: Float64Array, first: number, end: number, stride: number): number => {
    let found = NONE;
    for (let at = first; at < end; at += stride) if (sign * numbers[at]! > found) found = sign * numbers[at]!;
    return found;
  };
  const inTrees = summarizer({ of: furthest, merge: (some) => some.reduce((a, b) => (b > a ? b : a), NONE) });
  return {
    ...{ name, of: "field", title, possible: someNumber() },
    over(tiles, { from, to }, field, fields) {
      const stride = 1 + fields;
      let found = NONE;
      for (let t = 0; t < tiles.length; t++) {
        const tile = tiles[t];
        if (isEmpty(tile)) continue;
        const numbers = tileNumbers(tile, fields);
        const first = firstIn(numbers, stride, from) * stride + 1 + field;
        const value = furthest(numbers, first, endIn(numbers, stride, to) * stride, stride);
        if (value > found) found = value;
      }
      return orNull(found);
    },
    overTrees: (tiles, span, field, fields) => orNull(inTrees(tiles, span, field, fields)),
  };
}
