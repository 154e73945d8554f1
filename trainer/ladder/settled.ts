import type { SeenEpisode } from "./seen-episodes.ts";

/** Of the episodes that count so many may be unknown, for they are not over. */
const MOST_OPEN = 0.01;

/**
 * Until when the beginnings of episodes lie of which all but one in a hundred are over, event time in ms. Of those that
 * began later it is the short ones that are over: by them a policy would seem as good as its short episodes. Infinity: all
 * count.
 */
export function settledUntil(episodes: readonly Pick<SeenEpisode, "began" | "isOver">[]): number {
  const inOrder = episodes.toSorted((a, b) => a.began - b.began);
  let [until, open] = [Number.NEGATIVE_INFINITY, 0];
  for (const [at, { began, isOver }] of inOrder.entries()) {
    if (!isOver) open++;
    // Of one time all count, or none.
    if (inOrder[at + 1]?.began !== began && open <= MOST_OPEN * (at + 1)) until = began;
  }
  return open <= MOST_OPEN * inOrder.length ? Number.POSITIVE_INFINITY : until;
}
