import type { Backbone } from "../../streams/index.ts";
import type { Chunk } from "./chunk.ts";
import { recordHash } from "./chunk-builder.ts";

const PATIENCE_MS = 1_000;
/** Polls without a record, after which those that are missing are gone. */
const EMPTY = 3;

/**
 * The partitions in which a record is no longer what it was, or is gone.
 *
 * @param expected by partition
 */
export async function changed(
  backbone: Pick<Backbone, "reader">,
  topic: string,
  expected: ReadonlyMap<number, Chunk["last"]>,
): Promise<ReadonlySet<number>> {
  const open = new Set(expected.keys());
  if (open.size === 0) return open;
  const found = new Set(open);
  const reader = await backbone.reader([...expected].map(([partition, { offset }]) => ({ topic, partition, offset })));
  try {
    for (let empty = 0; open.size > 0 && empty < EMPTY;) {
      const fetches = await reader.poll(PATIENCE_MS, 1);
      if (fetches.length === 0) empty++;
      for (const { partition, records } of fetches) {
        if (!open.delete(partition)) continue;
        const { offset, sha256 } = expected.get(partition)!;
        const [record] = records;
        if (record!.offset === offset && recordHash(record!) === sha256) found.delete(partition);
        reader.pause([{ topic, partition }]);
      }
    }
  } finally {
    await reader.close();
  }
  return found;
}
