import type { FeatureVector } from "../features/layout.ts";
import { aggregate } from "./aggregate.ts";
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

/**
 * Writes the group's windows for a decision at `time` into the vector. `tiles` are those of one key from `tilesFor`, in
 * time order, null where there is none; more of them do no harm. Without a key pass null: the windows are then null,
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
