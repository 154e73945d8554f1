import type { EpisodesConfig } from "../../blueprints/index.ts";

/** A decision among those of one key. */
export interface EpisodeEntry {
  readonly id: string;
  /** Decision time, ms. */
  readonly time: number;
  /** Nothing comes after it. */
  readonly ends: boolean;
  /** So much time has passed that no decision can follow it. */
  readonly closed: boolean;
}

/** Where a decision stands in its episode. */
export interface EpisodePlace {
  /** Index of the episode's first decision. */
  readonly first: number;
  /** From 0. */
  readonly step: number;
  /** Index of the decision that follows within the gap; absent: none does. */
  readonly next: number | undefined;
  readonly terminal: boolean;
  readonly truncated: boolean;
  /** The next decision, if there is one, is of another episode. */
  readonly isLast: boolean;
}

/** By time, and of one time by id. */
export const entryOrder = (a: Pick<EpisodeEntry, "id" | "time">, b: Pick<EpisodeEntry, "id" | "time">): number =>
  a.time - b.time || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/**
 * The places of all decisions of one key. A pure function of them: how they came does not count.
 *
 * @param entries in their order
 */
export function divideEpisodes(
  entries: readonly EpisodeEntry[],
  { gapMs, length }: Pick<EpisodesConfig, "gapMs" | "length">,
): readonly EpisodePlace[] {
  let first = 0;
  return entries.map((entry, at) => {
    const before = entries[at - 1];
    const goesOn = before !== undefined && !before.ends && entry.time - before.time <= gapMs && at - first < length;
    if (!goesOn) first = at;
    const step = at - first;
    const after = entries[at + 1];
    const follows = after !== undefined && !entry.ends && after.time - entry.time <= gapMs;
    const isFull = step + 1 >= length;
    const isLast = !follows || isFull;
    const truncated = !entry.ends && isLast && (isFull || after !== undefined || entry.closed);
    return { first, step, next: follows ? at + 1 : undefined, terminal: entry.ends, truncated, isLast };
  });
}
