import { compactionKey, keyedKey, keyedLast, keyedMark, offsetOf, offsetValue, recordKey } from "./keys.ts";
import type { LogStore } from "./log-store.ts";
import { decodeRecord, keyedValue, setKeyedOffset } from "./record-codec.ts";
import type { Operation } from "./write-queue.ts";

/** Of one write. */
const BATCH = 1_000;
const BATCH_BYTES = 4 << 20;

const MIXED = Buffer.of(0);
const WHOLE = Buffer.of(1);

/** A partition is kept by key; `mixed`: records from before are kept by offset still. */
export type KeyedMark = "mixed" | "whole";

export function readMark(store: LogStore, topicId: number, partition: number): KeyedMark | undefined {
  const mark = store.get(keyedMark(topicId, partition));
  return mark === undefined ? undefined : mark.equals(WHOLE) ? "whole" : "mixed";
}

/**
 * Makes a compacted partition that was kept by offset one that is kept by key. Its records are moved one write after the other, each of them all or
 * nothing, and only the last one says that it is done: killed in between it goes on. Tombstones are left out, but for a last one. @returns how many records were moved
 */
export async function moveToKeys(store: LogStore, topicId: number, partition: number): Promise<number> {
  const mark = keyedMark(topicId, partition);
  await store.submit([{ type: "put", key: mark, value: MIXED }], nothing);
  const end = recordKey(topicId, partition, 2 ** 48 - 1);
  let moved = 0;
  for (let from = 0; ;) {
    const operations: Operation[] = [];
    let bytes = 0;
    let count = 0;
    for await (const [key, stored] of store.iterator({
      gte: recordKey(topicId, partition, from),
      lt: end,
      limit: BATCH,
    })) {
      const offset = offsetOf(key);
      const record = decodeRecord(offset, stored);
      operations.push({ type: "del", key });
      from = offset + 1;
      count++;
      if (record.key === null) continue;
      operations.push({ type: "del", key: compactionKey(topicId, partition, record.key) });
      if (record.value === null) {
        const value = Buffer.concat([offsetValue(offset), record.key]);
        operations.push({ type: "put", key: keyedLast(topicId, partition), value });
        continue;
      }
      const value = keyedValue(record.value, record.timestamp);
      setKeyedOffset(value, offset);
      operations.push({ type: "put", key: keyedKey(topicId, partition, record.key), value });
      if ((bytes += stored.length) > BATCH_BYTES) break;
    }
    if (count === 0) break;
    moved += count;
    await store.submit(operations, nothing);
  }
  await store.submit([{ type: "put", key: mark, value: WHOLE }], nothing);
  return moved;
}

const nothing = (): void => undefined;
