import { someNumber } from "../../formula/possible.ts";
import { tileNumbers, type Tile } from "../tile.ts";
import { visitTrees } from "../tree-visit.ts";
import { endIn, firstIn, isEmpty, type TimeSpan, type WindowAggregateKind } from "../window-aggregate.ts";
import { comesAfter, valueOf, type WordOf } from "../word.ts";

/** The value of the last event that has one; at equal times the largest, or the last text in order of characters. */
export const last: WindowAggregateKind = {
  name: "last",
  of: "field",
  takes: { number: "number", category: "category" },
  possible: someNumber(),
  over(tiles, span, field, fields, _terms, wordOf) {
    newest.value = null;
    for (let t = tiles.length - 1; t >= 0; t--) {
      const tile = tiles[t];
      if (!isEmpty(tile) && isDone(tile, span, field, fields, wordOf)) break;
    }
    return valueOf(newest.value, wordOf);
  },
  overTrees(tiles, span, field, fields, _terms, wordOf) {
    newest.value = null;
    visitTrees(
      tiles,
      { ...span, fields },
      {
        child: (node, at) => (node[at + 1 + 3 * field] === 0 ? "skip" : "open"),
        leaf: (tile) => (isDone(tile, span, field, fields, wordOf) ? "stop" : "open"),
      },
      true,
    );
    return valueOf(newest.value, wordOf);
  },
};

/** The largest value so far of the last time that has one. One object, filled in again for each window. */
const newest: { value: number | null; time: number } = { value: null, time: 0 };

/** Takes the events of the next tile towards the past. @returns whether no earlier tile matters */
function isDone(tile: Tile, { from, to }: TimeSpan, field: number, fields: number, wordOf?: WordOf): boolean {
  const stride = 1 + fields;
  const numbers = tileNumbers(tile, fields);
  const first = firstIn(numbers, stride, from) * stride;
  for (let at = (endIn(numbers, stride, to) - 1) * stride; at >= first; at -= stride) {
    const time = numbers[at]!;
    if (newest.value !== null && time !== newest.time) return true;
    const value = numbers[at + 1 + field]!;
    if (value !== value || (newest.value !== null && !comesAfter(value, newest.value, wordOf))) continue;
    newest.value = value;
    newest.time = time;
  }
  return false;
}
