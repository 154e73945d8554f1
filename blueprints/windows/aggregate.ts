import { windowAggregates } from "./aggregates/index.ts";
import type { Tile } from "./tile.ts";
import { plainTiles, type PlacedTile } from "./tree-visit.ts";
import type { TimeSpan, WindowAggregateKind, WindowTerms, WindowValue } from "./window-aggregate.ts";
import type { WordOf } from "./word.ts";
import { brokenPromise } from "../../streams/index.ts";

/** `[from, to)`, or `(from, to)` when open; ms. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
  readonly open: boolean;
}

/** The terms of a window of this range. */
const termsOf = ({ from, to }: TimeRange, parameterMs: number | null): WindowTerms => ({
  windowMs: to - from,
  parameterMs,
});

/** Times are whole milliseconds: "after `from`" is from + 1 on. */
const spanOf = ({ from, to, open }: TimeRange): TimeSpan => ({ from: open ? from + 1 : from, to });

/**
 * One aggregate over the events of a key's tiles in the range. Tiles are in time order, null if there is none. `fields`
 * is the number of fields of an event, and `fieldIndex` the one to aggregate (ignored by aggregates of events). Missing
 * values are left out. Sums run over the events in their sorted order, so they have the same bits however the events
 * arrived or were cut into tiles.
 * @param parameterMs the aggregate's own duration, if it has one
 * @param wordOf the texts of a category's numbers
 */
export function aggregate(
  tiles: readonly (Tile | null)[],
  range: TimeRange,
  fieldIndex: number,
  name: string,
  fields: number,
  parameterMs: number | null = null,
  wordOf?: WordOf,
): WindowValue {
  const kind = windowAggregates.get(name);
  if (kind.of === "field" && !(fieldIndex >= 0 && fieldIndex < fields)) {
    throw brokenPromise(`field ${fieldIndex} of events with ${fields} fields`);
  }
  const field = kind.of === "events" ? -1 : fieldIndex;
  return kind.over(tiles, spanOf(range), field, fields, termsOf(range, parameterMs), wordOf);
}

/**
 * As `aggregate`, for tiles in time order of which some are trees, with the same bits. Parts that lie wholly in the
 * range count by their totals. Single events are read only at the ends of the range, and wherever totals would not be
 * exact.
 */
export function aggregateTrees(
  tiles: readonly PlacedTile[],
  range: TimeRange,
  fieldIndex: number,
  name: string,
  fields: number,
  parameterMs: number | null = null,
  wordOf?: WordOf,
): WindowValue {
  const kind = windowAggregates.get(name);
  const field = kind.of === "events" ? -1 : fieldIndex;
  return overTrees(kind, tiles, spanOf(range), field, fields, termsOf(range, parameterMs), wordOf);
}

export function overTrees(
  kind: WindowAggregateKind,
  tiles: readonly PlacedTile[],
  span: TimeSpan,
  fieldIndex: number,
  fields: number,
  terms: WindowTerms,
  wordOf?: WordOf,
): WindowValue {
  if (kind.overTrees !== undefined) return kind.overTrees(tiles, span, fieldIndex, fields, terms, wordOf);
  return kind.over(plainTiles(tiles, { ...span, fields }), span, fieldIndex, fields, terms, wordOf);
}
