import type { FeatureVector } from "../features/layout.ts";
import { aggregateTrees, type PlacedTile } from "./aggregate-tree.ts";
import { aggregate } from "./aggregate.ts";
import { tilePlace } from "./tile-place.ts";
import { tileOf, type Tile } from "./tile.ts";
import type { WindowGroup } from "./window-groups.ts";

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

/** What is kept of one key: of the tile that starts at a time, in ms, the part of this path. */
export type KeptTiles = (start: number, path: string) => Tile | undefined;

/** As `fillWindows`, where some of the tiles are trees. */
export function fillFromTrees(group: WindowGroup, kept: KeptTiles, time: number, vector: FeatureVector): void {
  const { first, last } = tilesFor(group, time);
  const placed: PlacedTile[] = [];
  for (let start = first; start <= last; start += group.tileMs) {
    const tile = kept(start, "");
    const parts = { get: (path: string) => kept(start, path) };
    if (tile !== undefined) placed.push({ tile, place: tilePlace(start, group.tileMs), parts });
  }
  for (const { featureIndex, aggregate: kind, fieldIndex, windowMs, open } of group.windows) {
    const range = { from: time - windowMs, to: time, open };
    vector[featureIndex] = aggregateTrees(placed, range, fieldIndex, kind, group.fields.length);
  }
}

/**
 * Writes the group's windows for a decision at `time` into the vector. `tiles` are those of one key from `tilesFor`, in
 * time order, null where there is none, none of them a tree; more of them do no harm. Without a key pass null: the windows are then null,
 * counts too, because it isn't known whose events they would be.
 */
export function fillWindows(
  group: WindowGroup,
  tiles: readonly (Tile | null)[] | null,
  time: number,
  vector: FeatureVector,
): void {
  for (const { featureIndex, aggregate: kind, fieldIndex, windowMs, open } of group.windows) {
    vector[featureIndex] =
      tiles === null
        ? null
        : aggregate(tiles, { from: time - windowMs, to: time, open }, fieldIndex, kind, group.fields.length);
  }
}
