import { someNumber } from "../../formula/possible.ts";
import { tileNumbers, type Tile } from "../tile.ts";
import { visitTrees } from "../tree-visit.ts";
import { endIn, firstIn, isEmpty, type TimeSpan, type WindowAggregateKind } from "../window-aggregate.ts";

/** Number of events, even with missing values; 0 if there are none. */
export const count: WindowAggregateKind = {
  name: "count",
  of: "events",
  title: "Number",
  possible: someNumber(0),
  over: (tiles, span, _, fields) => countIn(tiles, span, fields),
  overTrees(tiles, span, _, fields) {
    let events = 0;
    visitTrees(
      tiles,
      { ...span, fields },
      {
        child(node, at, inside) {
          if (!inside) return "open";
          events += node[at]!;
          return "skip";
        },
        leaf(tile) {
          events += countIn([tile], span, fields);
          return "open";
        },
      },
    );
    return events;
  },
};

function countIn(tiles: readonly (Tile | null)[], { from, to }: TimeSpan, fields: number): number {
  const stride = 1 + fields;
  let events = 0;
  for (let t = 0; t < tiles.length; t++) {
    const tile = tiles[t];
    if (isEmpty(tile)) continue;
    const numbers = tileNumbers(tile, fields);
    const first = firstIn(numbers, stride, from);
    const end = endIn(numbers, stride, to);
    if (end > first) events += end - first;
  }
  return events;
}
