import { prefixRange, removedIdOf, topicRanges } from "./keys.ts";
import type { LogStore } from "./log-store.ts";
import type { Operation } from "./write-queue.ts";

/** Keys that one write deletes, so that those that append wait little. */
const BATCH = 1_000;

/**
 * Deletes the content of removed topics, and gives the room back to the disk. Also deletes the rest that an earlier
 * process left.
 */
export async function deleteRemoved(store: LogStore, isClosed: () => boolean): Promise<void> {
  for (const [removed] of await store.all(prefixRange("x"))) {
    for (const range of topicRanges(removedIdOf(removed))) {
      for (;;) {
        if (isClosed()) return;
        const keys = await store.keys({ ...range, limit: BATCH });
        if (keys.length === 0) break;
        await store.submit(
          keys.map((key): Operation => ({ type: "del", key })),
          () => undefined,
        );
      }
      await store.compact(range);
    }
    await store.submit([{ type: "del", key: removed }], () => undefined);
  }
}
