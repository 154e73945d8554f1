import { someNumber } from "../../formula/possible.ts";
import { tileNumbers, type Tile } from "../tile.ts";
import { visitTrees } from "../tree-visit.ts";
import { endIn, firstIn, isEmpty, type TimeSpan, type WindowAggregateKind } from "../window-aggregate.ts";

const HOUR = 3_600_000;

/** Hours from the last event in the window to the decision, even with a missing value; null if there is none. */
export const since: WindowAggregateKind = {
  name: "since",
  of: "events",
  conditional: true,
  title: "Hours since the last",
  possible: someNumber(0),
  over(tiles, span, field, fields) {
    for (let t = tiles.length - 1; t >= 0; t--) {
      const tile = tiles[t];
      if (isEmpty(tile)) continue;
      const time = lastTime(tile, span, field, fields);
      if (time !== null) return (span.to - time) / HOUR;
    }
    return null;
  },
  overTrees(tiles, span, field, fields) {
    let time: number | null = null;
    visitTrees(
      tiles,
      { ...span, fields },
      {
        child: (node, at) => (field >= 0 && node[at + 1 + 3 * field] === 0 ? "skip" : "open"),
        leaf(tile) {
          time = lastTime(tile, span, field, fields);
          return time === null ? "open" : "stop";
        },
      },
      true,
    );
    return time === null ? null : (span.to - time) / HOUR;
  },
};

function lastTime(tile: Tile, { from, to }: TimeSpan, field: number, fields: number): number | null {
  const stride = 1 + fields;
  const numbers = tileNumbers(tile, fields);
  const first = firstIn(numbers, stride, from) * stride;
  for (let at = (endIn(numbers, stride, to) - 1) * stride; at >= first; at -= stride) {
    if (field < 0 || !Number.isNaN(numbers[at + 1 + field])) return numbers[at]!;
  }
  return null;
}
