import type { Range } from "../defaults.ts";
import type { EventFieldType } from "../blueprint.ts";
import type { Possible } from "../formula/possible.ts";
import { firstAtOrAfter, type Tile } from "./tile.ts";
import type { PlacedTile } from "./tree-visit.ts";
import type { WordOf } from "./word.ts";

/** The events at `from` or later and before `to`; ms. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/** Finite, or a text that is not empty; null: missing. */
export type WindowValue = number | string | null;

/** What a window says beside its span. */
export interface WindowTerms {
  /** Its length, as the blueprint has it. */
  readonly windowMs: number;
  /** The aggregate's own duration; null: it has none. */
  readonly parameterMs: number | null;
}

/**
 * A way to make a feature of the events in a window. The result depends only on the events in their sorted order (see
 * `Tile`): the same bits however they arrived or were cut into tiles. It is finite, or null if it is missing.
 */
export interface WindowAggregateKind {
  /** The key of a window that uses it. */
  readonly name: string;
  /**
   * `events`: it reads no value, and its key has the value `true`. `field`: its key names a field; missing values are
   * left out.
   */
  readonly of: "events" | "field";
  /**
   * Of `field` only: the types of fields that it reads, each with the type of the result. Absent: numbers, to a number.
   */
  readonly takes?: Readonly<Partial<Record<EventFieldType, EventFieldType>>>;
  /**
   * Of `events` only: a window may have a condition. `field` is then one that has a value for the events that meet it,
   * and no others count. Absent: a condition is refused.
   */
  readonly conditional?: true;
  /** The beginning of the column's description, if it is not the name. */
  readonly title?: string;
  /** All its possible results that are numbers. */
  readonly possible: Possible;
  /** A duration that each window with this aggregate has under a key of its own. */
  readonly parameter?: { readonly key: string; readonly range: Range };
  /**
   * `tiles` are those of one key in time order, null if there is none, and no trees. An event has `fields` fields, of
   * which `field` is read; −1 if none is. If it is a category, `wordOf` has the texts of its numbers.
   */
  over(
    tiles: readonly (Tile | null)[],
    span: TimeSpan,
    field: number,
    fields: number,
    terms: WindowTerms,
    wordOf?: WordOf,
  ): WindowValue;
  /**
   * The same, with the same bits, for tiles of which some are trees. Absent: `over` gets the plain tiles of the trees.
   */
  overTrees?(
    tiles: readonly PlacedTile[],
    span: TimeSpan,
    field: number,
    fields: number,
    terms: WindowTerms,
    wordOf?: WordOf,
  ): WindowValue;
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
