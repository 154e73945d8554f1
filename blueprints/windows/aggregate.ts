import type { WindowAggregate } from "../blueprint.ts";
import { firstAtOrAfter, tileNumbers, type Tile } from "./tile.ts";

/** `[from, to)`, or `(from, to)` when open; ms. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
  readonly open: boolean;
}

/**
 * One aggregate over the events of a key's tiles (in time order, null where there is none) that lie in the range.
 * `fields` is the number of fields an event has, `fieldIndex` the one to aggregate (ignored for count).
 * `count` counts events, also those whose value is missing, and is 0 for none; the others skip missing values and are null
 * when nothing is left. `last` is the value of the last event, at equal times the largest. Sums run over the events in
 * their sorted order, so that they have the same bits however the events arrived or were cut into tiles.
 */
export function aggregate(
  tiles: readonly (Tile | null)[],
  range: TimeRange,
  fieldIndex: number,
  kind: WindowAggregate,
  fields: number,
): number | null {
  const stride = 1 + fields;
  if (kind !== "count" && !(fieldIndex >= 0 && fieldIndex < fields)) {
    throw new Error(`field ${fieldIndex} of events with ${fields} fields`);
  }
  // Times are whole milliseconds: after `from` is from + 1 on.
  const from = range.open ? range.from + 1 : range.from;
  let events = 0;
  let values = 0;
  let sum = 0;
  for (let t = 0; t < tiles.length; t++) {
    const tile = tiles[kind === "last" ? tiles.length - 1 - t : t];
    if (tile === null || tile === undefined || tile.byteLength === 0) continue;
    const numbers = tileNumbers(tile, fields);
    const first = (numbers[0] as number) >= from ? 0 : firstAtOrAfter(numbers, stride, from);
    const last = numbers.length / stride;
    const end = (numbers[(last - 1) * stride] as number) < range.to ? last : firstAtOrAfter(numbers, stride, range.to);
    if (end <= first) continue;
    if (kind === "count") {
      events += end - first;
      continue;
    }
    if (kind === "last") {
      for (let i = end - 1; i >= first; i--) {
        const value = numbers[i * stride + 1 + fieldIndex] as number;
        if (value === value) return value;
      }
      continue;
    }
    for (let at = first * stride + 1 + fieldIndex, stop = end * stride; at < stop; at += stride) {
      const value = numbers[at] as number;
      if (value !== value) continue;
      sum += value;
      values++;
    }
  }
  if (kind === "count") return events;
  if (kind === "last" || values === 0) return null;
  const result = kind === "sum" ? sum : sum / values;
  return Number.isFinite(result) ? result : null;
}
