import { someNumber } from "../../formula/possible.ts";
import { tileNumbers, type Tile } from "../tile.ts";
import { visitTrees } from "../tree-visit.ts";
import { totalIn } from "./total.ts";
import { endIn, firstIn, isEmpty, type TimeSpan, type WindowAggregateKind } from "../window-aggregate.ts";

/** Number of events, even with missing values; 0 if there are none. */
export const count: WindowAggregateKind = {
  name: "count",
  of: "events",
  conditional: true,
  title: "Number",
  possible: someNumber(0),
  over: (tiles, span, field, fields) =>
    field < 0 ? countIn(tiles, span, fields) : totalIn(tiles, span, field, fields).values,
  overTrees(tiles, span, field, fields) {
    let events = 0;
    visitTrees(
      tiles,
      { ...span, fields },
      {
        child(node, at, inside) {
          if (!inside) return "open";
          events += field < 0 ? node[at]! : node[at + 1 + 3 * field]!;
          return "skip";
        },
        leaf(tile) {
          events += field < 0 ? countIn([tile], span, fields) : totalIn([tile], span, field, fields).values;
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
