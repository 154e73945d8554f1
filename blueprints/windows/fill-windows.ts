import type { FeatureVector } from "../features/layout.ts";
import { overTrees } from "./aggregate.ts";
import { tilePlace } from "./tile-place.ts";
import { tileOf, type Tile } from "./tile.ts";
import type { PlacedTile } from "./tree-visit.ts";
import type { TimeSpan } from "./window-aggregate.ts";
import type { GroupWindow, WindowGroup } from "./window-groups.ts";
import type { WordOf } from "./word.ts";

/** The starts of the first and the last tile that a decision at `time` can need, both inclusive; ms. */
export function tilesFor(
  group: Pick<WindowGroup, "tileMs" | "retentionMs">,
  time: number,
): { readonly first: number; readonly last: number } {
  return { first: tileOf(time - group.retentionMs, group.tileMs), last: tileOf(time - 1, group.tileMs) };
}

/** From this time on no decision needs the tile that starts at `tileStart`; ms. Lateness comes on top. */
export function tileExpiry(group: Pick<WindowGroup, "tileMs" | "retentionMs">, tileStart: number): number {
  return tileStart + group.tileMs + group.retentionMs;
}

/** The tiles of one key: for the tile that starts at a time, in ms, the part at this path. */
export type KeptTiles = (start: number, path: string) => Tile | undefined;

/** As `fillWindows`, if some tiles are trees. */
export function fillFromTrees(
  group: WindowGroup,
  kept: KeptTiles,
  time: number,
  vector: FeatureVector,
  wordOf?: WordOf,
): void {
  const { first, last } = tilesFor(group, time);
  const placed: PlacedTile[] = [];
  for (let start = first; start <= last; start += group.tileMs) {
    const tile = kept(start, "");
    const parts = { get: (path: string) => kept(start, path) };
    if (tile !== undefined) placed.push({ tile, place: tilePlace(start, group.tileMs), parts });
  }
  for (const window of group.windows) {
    const { featureIndex, aggregate, fieldIndex, ofCategory } = window;
    const span = spanOf(window, time);
    const words = ofCategory ? wordOf : undefined;
    vector[featureIndex] = overTrees(aggregate, placed, span, fieldIndex, group.fields.length, window, words);
  }
}

/**
 * Writes the group's windows for a decision at `time` into the vector. `tiles` are those of one key from `tilesFor`, in
 * time order, null if there is none, and no trees; further tiles do no harm. Pass null without a key: all windows are
 * then null, counts too, because nobody knows whose events they would be.
 * @param wordOf the texts of the numbers in the fields `group.words`
 */
export function fillWindows(
  group: WindowGroup,
  tiles: readonly (Tile | null)[] | null,
  time: number,
  vector: FeatureVector,
  wordOf?: WordOf,
): void {
  const fields = group.fields.length;
  for (const window of group.windows) {
    const { featureIndex, aggregate, fieldIndex, ofCategory } = window;
    const words = ofCategory ? wordOf : undefined;
    vector[featureIndex] =
      tiles === null ? null : aggregate.over(tiles, spanOf(window, time), fieldIndex, fields, window, words);
  }
}

/** Times are whole milliseconds: "after a time" is from the next one on. */
function spanOf({ windowMs, open }: GroupWindow, time: number): TimeSpan {
  const from = time - windowMs;
  return { from: open ? from + 1 : from, to: time };
}
