import { tileNumbers, type Tile } from "../tile.ts";
import { summarizer } from "../tree-summary.ts";
import { plainTiles, type PlacedTile } from "../tree-visit.ts";
import { endIn, firstIn, isEmpty, type TimeSpan } from "../window-aggregate.ts";
import { finite } from "./total.ts";

/** Of whole numbers; `squares` is NaN where a value is none, or their sum is not exact. */
interface Moments {
  readonly values: number;
  readonly sum: number;
  readonly squares: number;
}

const NONE: Moments = Object.freeze({ values: 0, sum: 0, squares: 0 });
const UNKNOWN = Number.NaN;

/**
 * The population variance: the mean of the squared distances from the mean; null if there are no values. Of whole
 * numbers whose squares add up to no more than 2^53 it is made of exact sums, so that parts of trees count by theirs.
 * Of others it takes two passes over the events in their order: first the mean, then the distances. Both, and the
 * choice, depend on the events alone, so all tilings have the same bits. One pass, as Welford's, has them too, and
 * divides for each event.
 */
export function varianceIn(
  tiles: readonly (Tile | null)[],
  span: TimeSpan,
  field: number,
  fields: number,
): number | null {
  const all = merged(momentsIn(tiles, span, field, fields));
  return all.squares === all.squares ? exactVariance(all) : twoPasses(tiles, span, field, fields);
}

/** The same for tiles of which some are trees. */
export function varianceInTrees(
  tiles: readonly PlacedTile[],
  span: TimeSpan,
  field: number,
  fields: number,
): number | null {
  const all = momentsInTrees(tiles, span, field, fields);
  if (all.squares === all.squares) return exactVariance(all);
  return twoPasses(plainTiles(tiles, { ...span, fields }), span, field, fields);
}

/** (n Σv² − (Σv)²) / n²: both sides of the subtraction are whole, so the difference is exact. */
function exactVariance({ values, sum, squares }: Moments): number | null {
  if (values === 0) return null;
  const most = values * squares;
  const difference =
    most <= Number.MAX_SAFE_INTEGER
      ? most - sum * sum
      : Number(BigInt(values) * BigInt(squares) - BigInt(sum) * BigInt(sum));
  return difference / (values * values);
}

function twoPasses(tiles: readonly (Tile | null)[], span: TimeSpan, field: number, fields: number): number | null {
  let values = 0;
  let sum = 0;
  eachValue(tiles, span, field, fields, (value) => {
    values++;
    sum += value;
  });
  const mean = sum / values;
  let squares = 0;
  eachValue(tiles, span, field, fields, (value) => (squares += (value - mean) * (value - mean)));
  return finite(squares / values);
}

function eachValue(
  tiles: readonly (Tile | null)[],
  { from, to }: TimeSpan,
  field: number,
  fields: number,
  take: (value: number) => void,
): void {
  const stride = 1 + fields;
  for (const tile of tiles) {
    if (isEmpty(tile)) continue;
    const numbers = tileNumbers(tile, fields);
    const end = endIn(numbers, stride, to) * stride;
    for (let at = firstIn(numbers, stride, from) * stride + 1 + field; at < end; at += stride) {
      if (numbers[at] === numbers[at]) take(numbers[at]!);
    }
  }
}

const momentsIn = (
  tiles: readonly (Tile | null)[],
  { from, to }: TimeSpan,
  field: number,
  fields: number,
): readonly Moments[] =>
  tiles.flatMap((tile) => {
    if (isEmpty(tile)) return [];
    const [numbers, stride] = [tileNumbers(tile, fields), 1 + fields];
    const first = firstIn(numbers, stride, from) * stride + 1 + field;
    return [momentsOf(numbers, first, endIn(numbers, stride, to) * stride, stride)];
  });

function momentsOf(numbers: Float64Array, first: number, end: number, stride: number): Moments {
  let [values, sum, squares] = [0, 0, 0];
  for (let at = first; at < end; at += stride) {
    const value = numbers[at]!;
    if (value !== value) continue;
    values++;
    sum += value;
    squares += Number.isInteger(value) ? value * value : UNKNOWN;
  }
  return { values, sum, squares: exactly(squares) };
}

function merged(some: readonly Moments[]): Moments {
  if (some.length < 2) return some[0] ?? NONE;
  let [values, sum, squares] = [0, 0, 0];
  for (const each of some) {
    values += each.values;
    sum += each.sum;
    squares += each.squares;
  }
  return { values, sum, squares: exactly(squares) };
}

/** Squares are not negative: where their sum is exact, so was every sum on the way, and that of the values. */
const exactly = (squares: number): number => (squares <= Number.MAX_SAFE_INTEGER ? squares : UNKNOWN);

const momentsInTrees = summarizer({ of: momentsOf, merge: merged });
