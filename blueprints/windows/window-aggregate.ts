import type { Possible } from "../formula/possible.ts";
import { firstAtOrAfter, type Tile } from "./tile.ts";
import type { PlacedTile } from "./tree-visit.ts";

/** The events at `from` or later and before `to`; ms. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/**
 * One way to make a feature of the events in a window. The result is a function of the events in their sorted order (see `Tile`): the same bits however they
 * arrived or were cut into tiles. It is finite, or null where it is missing.
 */
export interface WindowAggregateKind {
  /** The key of a window that asks for it. */
  readonly name: string;
  /** `events`: it looks at no value, and its key says `true`. `field`: its key names a field, whose missing values it leaves out. */
  readonly of: "events" | "field";
  /** How the column's description begins: the name, unless it is another word. */
  readonly title?: string;
  /** All that it can come to. */
  readonly possible: Possible;
  /**
   * `tiles` are those of one key in time order, null where there is none, none of them a tree. An event has `fields` fields, of which `field` is asked
   * for; −1 where it looks at none.
   */
  over(tiles: readonly (Tile | null)[], span: TimeSpan, field: number, fields: number): number | null;
  /** The same with the same bits, of tiles some of which are trees. Absent: trees are taken apart, and `over` sees their tiles. */
  overTrees?(tiles: readonly PlacedTile[], span: TimeSpan, field: number, fields: number): number | null;
}

/** The index of a tile's first event in the span's time; most spans begin before the tile does. */
export function firstIn(numbers: Float64Array, stride: number, from: number): number {
  return (numbers[0] as number) >= from ? 0 : firstAtOrAfter(numbers, stride, from);
}

/** The index behind a tile's last event in the span's time. */
export function endIn(numbers: Float64Array, stride: number, to: number): number {
  const events = numbers.length / stride;
  return (numbers[(events - 1) * stride] as number) < to ? events : firstAtOrAfter(numbers, stride, to);
}

export const isEmpty = (tile: Tile | null | undefined): tile is null | undefined =>
  tile === null || tile === undefined || tile.byteLength === 0;
