import { windowAggregates } from "./aggregates/index.ts";
import type { Tile } from "./tile.ts";
import { plainTiles, type PlacedTile } from "./tree-visit.ts";
import type { TimeSpan, WindowAggregateKind } from "./window-aggregate.ts";
import { brokenPromise } from "../../streams/index.ts";

/** `[from, to)`, or `(from, to)` when open; ms. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
  readonly open: boolean;
}

/** Times are whole milliseconds: "after `from`" is from + 1 on. */
const spanOf = ({ from, to, open }: TimeRange): TimeSpan => ({ from: open ? from + 1 : from, to });

/**
 * One aggregate over the events of a key's tiles in the range. Tiles are in time order, null if there is none. `fields`
 * is the number of fields of an event, and `fieldIndex` the one to aggregate (ignored for count). `count` counts
 * events, even with a missing value, and is 0 for none. The others skip missing values, and are null if nothing is
 * left. `last` is the value of the last event, at equal times the largest. Sums run over the events in their sorted
 * order, so they have the same bits however the events arrived or were cut into tiles.
 */
export function aggregate(
  tiles: readonly (Tile | null)[],
  range: TimeRange,
  fieldIndex: number,
  name: string,
  fields: number,
): number | null {
  const kind = windowAggregates.get(name);
  if (kind.of === "field" && !(fieldIndex >= 0 && fieldIndex < fields)) {
    throw brokenPromise(`field ${fieldIndex} of events with ${fields} fields`);
  }
  return kind.over(tiles, spanOf(range), fieldIndex, fields);
}

/**
 * As `aggregate`, for tiles in time order of which some are trees, with the same bits. Parts that lie wholly in the
 * range count by their totals. Single events are read only at the ends of the range, and for sums whenever totals would
 * not be exact.
 */
export function aggregateTrees(
  tiles: readonly PlacedTile[],
  range: TimeRange,
  fieldIndex: number,
  name: string,
  fields: number,
): number | null {
  return overTrees(windowAggregates.get(name), tiles, spanOf(range), fieldIndex, fields);
}

export function overTrees(
  kind: WindowAggregateKind,
  tiles: readonly PlacedTile[],
  span: TimeSpan,
  fieldIndex: number,
  fields: number,
): number | null {
  if (kind.overTrees !== undefined) return kind.overTrees(tiles, span, fieldIndex, fields);
  return kind.over(plainTiles(tiles, { ...span, fields }), span, fieldIndex, fields);
}
