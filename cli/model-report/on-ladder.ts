import type { ListedOnLadder } from "../../loop/index.ts";
import type { Chapter } from "./chapter.ts";

/** A model that climbs: its next step, and what it waits for. */
export type SeenOnLadder = Pick<ListedOnLadder, "next" | "reason">;

/** What is seen of a model on the ladder now. */
export function* ladderChapter(seen: SeenOnLadder | undefined): Generator<Chapter> {
  if (seen === undefined) return;
  const { next, reason } = seen;
  const what = next === null ? "It waits" : `It is due for ${next}`;
  yield { title: "What is seen of it on the ladder", sentences: [`${what}: ${reason}.`] };
}
