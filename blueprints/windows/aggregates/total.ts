import { tileNumbers, type Tile } from "../tile.ts";
import { plainTiles, visitTrees, type Next, type PlacedTile } from "../tree-visit.ts";
import { endIn, firstIn, isEmpty, type TimeSpan } from "../window-aggregate.ts";

/** Number of values and their sum. One object, filled in again for each window: read it before the next window. */
export interface Total {
  values: number;
  sum: number;
}

const total: Total = { values: 0, sum: 0 };

export function totalIn(
  tiles: readonly (Tile | null)[],
  { from, to }: TimeSpan,
  field: number,
  fields: number,
): Readonly<Total> {
  const stride = 1 + fields;
  let values = 0;
  let sum = 0;
  for (let t = 0; t < tiles.length; t++) {
    const tile = tiles[t];
    if (isEmpty(tile)) continue;
    const numbers = tileNumbers(tile, fields);
    const stop = endIn(numbers, stride, to) * stride;
    for (let at = firstIn(numbers, stride, from) * stride + 1 + field; at < stop; at += stride) {
      const value = numbers[at] as number;
      if (value !== value) continue;
      sum += value;
      values++;
    }
  }
  total.values = values;
  total.sum = sum;
  return total;
}

/** Uses the trees' totals if the sum is the same in any order: sums of whole numbers, up to 2^53. */
export function totalInTrees(
  tiles: readonly PlacedTile[],
  span: TimeSpan,
  field: number,
  fields: number,
): Readonly<Total> {
  const { from, to } = span;
  let values = 0;
  let sum = 0;
  let size = 0;
  // False for NaN, too.
  const next = (): Next => (size <= Number.MAX_SAFE_INTEGER ? "skip" : "stop");
  const asked = { from, to, fields };
  const exact = visitTrees(tiles, asked, {
    child(node, at, inside) {
      if (!inside) return "open";
      const totals = at + 1 + 3 * field;
      values += node[totals]!;
      sum += node[totals + 1]!;
      size += node[totals + 2]!;
      return next();
    },
    leaf(tile) {
      const numbers = tileNumbers(tile, fields);
      for (let at = 0; at < numbers.length; at += 1 + fields) {
        const time = numbers[at]!;
        const value = numbers[at + 1 + field]!;
        if (time < from || time >= to || Number.isNaN(value)) continue;
        if (!Number.isInteger(value)) return "stop";
        values++;
        sum += value;
        size += Math.abs(value);
      }
      return next();
    },
  });
  if (!exact) return totalIn(plainTiles(tiles, asked), span, field, fields);
  total.values = values;
  total.sum = sum;
  return total;
}

/** The result, if it is a number that can be logged. */
export const finite = (result: number): number | null => (Number.isFinite(result) ? result : null);
