import { someNumber } from "../../formula/possible.ts";
import { tileNumbers, type Tile } from "../tile.ts";
import { visitTrees } from "../tree-visit.ts";
import { endIn, firstIn, isEmpty, type TimeSpan, type WindowAggregateKind } from "../window-aggregate.ts";
import { comesAfter, valueOf, type WordOf } from "../word.ts";

/**
 * The value of the first event in the window that has one; at equal times the smallest, or the first text in order of
 * characters.
 */
export const first: WindowAggregateKind = {
  name: "first",
  of: "field",
  takes: { number: "number", category: "category" },
  possible: someNumber(),
  over(tiles, span, field, fields, _terms, wordOf) {
    oldest.value = null;
    for (let t = 0; t < tiles.length; t++) {
      const tile = tiles[t];
      if (!isEmpty(tile) && isDone(tile, span, field, fields, wordOf)) break;
    }
    return valueOf(oldest.value, wordOf);
  },
  overTrees(tiles, span, field, fields, _terms, wordOf) {
    oldest.value = null;
    visitTrees(
      tiles,
      { ...span, fields },
      {
        child: (node, at) => (node[at + 1 + 3 * field] === 0 ? "skip" : "open"),
        leaf: (tile) => (isDone(tile, span, field, fields, wordOf) ? "stop" : "open"),
      },
    );
    return valueOf(oldest.value, wordOf);
  },
};

/** The smallest value so far of the first time that has one. One object, filled in again for each window. */
const oldest: { value: number | null; time: number } = { value: null, time: 0 };

/** Takes the events of the next tile. @returns whether no later tile matters */
function isDone(tile: Tile, { from, to }: TimeSpan, field: number, fields: number, wordOf?: WordOf): boolean {
  const stride = 1 + fields;
  const numbers = tileNumbers(tile, fields);
  const end = endIn(numbers, stride, to) * stride;
  for (let at = firstIn(numbers, stride, from) * stride; at < end; at += stride) {
    const time = numbers[at]!;
    if (oldest.value !== null && time !== oldest.time) return true;
    const value = numbers[at + 1 + field]!;
    if (value !== value || (oldest.value !== null && !comesAfter(oldest.value, value, wordOf))) continue;
    oldest.value = value;
    oldest.time = time;
  }
  return false;
}
