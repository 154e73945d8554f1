import { prefixRange, removedIdOf, topicRanges } from "./keys.ts";
import type { LogStore } from "./log-store.ts";
import type { Operation } from "./write-queue.ts";

/** Keys that one write deletes, so that those that append wait little. */
const BATCH = 1_000;

/** Deletes what topics held that were taken away, and gives the room back to the disk. Goes on with what an earlier process has not come to. */
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
