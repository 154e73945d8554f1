import { someNumber } from "../../formula/possible.ts";
import { tileNumbers, type Tile } from "../tile.ts";
import { visitTrees } from "../tree-visit.ts";
import { endIn, firstIn, isEmpty, type TimeSpan, type WindowAggregateKind } from "../window-aggregate.ts";

/** The value of the last event that has one, at equal times the largest. */
export const last: WindowAggregateKind = {
  name: "last",
  of: "field",
  possible: someNumber(),
  over: lastIn,
  overTrees(tiles, span, field, fields) {
    let found: number | null = null;
    visitTrees(
      tiles,
      { ...span, fields },
      {
        child: (node, at) => (node[at + 1 + 3 * field] === 0 ? "skip" : "open"),
        leaf(tile) {
          found = lastIn([tile], span, field, fields);
          return found === null ? "open" : "stop";
        },
      },
      true,
    );
    return found;
  },
};

function lastIn(tiles: readonly (Tile | null)[], { from, to }: TimeSpan, field: number, fields: number): number | null {
  const stride = 1 + fields;
  for (let t = tiles.length - 1; t >= 0; t--) {
    const tile = tiles[t];
    if (isEmpty(tile)) continue;
    const numbers = tileNumbers(tile, fields);
    const first = firstIn(numbers, stride, from);
    for (let i = endIn(numbers, stride, to) - 1; i >= first; i--) {
      const value = numbers[i * stride + 1 + field] as number;
      if (value === value) return value;
    }
  }
  return null;
}
