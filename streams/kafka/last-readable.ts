import type { Position, TopicPartition } from "../backbone/backbone.ts";
import { decodeBatches } from "./batch-decode.ts";
import { fetchBatches } from "./fetch-request.ts";
import type { Broker } from "./wire.ts";

interface Range extends TopicPartition {
  readonly start: number;
  /** The last stable offset: behind it only open transactions. */
  readonly end: number;
}

const limits = Object.freeze({ maxWaitMs: 0, maxBytes: 50 << 20, maxPartitionBytes: 2 << 20 });

/**
 * One past the last record that can be read in each range. The log may end in what no reader sees (the marker that ends a transaction, an aborted
 * transaction), and a reader that waits for a record there would wait for ever: so look at the end, in growing steps back.
 */
export async function lastReadable(
  broker: Broker,
  ranges: readonly Range[],
): Promise<readonly (TopicPartition & { readonly end: number })[]> {
  const ends: (TopicPartition & { end: number })[] = [];
  let open = ranges.map((range) => ({ range, back: 1 }));
  while (open.length > 0) {
    const asked: typeof open = [];
    const positions: Position[] = [];
    for (const { range, back } of open) {
      const { topic, partition, start, end } = range;
      if (end <= start) {
        ends.push({ topic, partition, end: start });
        continue;
      }
      asked.push({ range, back });
      positions.push({ topic, partition, offset: Math.max(start, end - back) });
    }
    open = [];
    if (asked.length === 0) break;
    const fetched = await fetchBatches(broker, positions, limits);
    for (const { range, back } of asked) {
      const { topic, partition, start, end } = range;
      const from = Math.max(start, end - back);
      const answer = fetched.find((at) => at.topic === topic && at.partition === partition);
      const decoded =
        answer === undefined || answer.errorCode !== 0
          ? { records: [], next: from }
          : await decodeBatches(answer.batches, from, answer.aborted);
      const last = decoded.records.findLast((record) => record.offset < end);
      if (last !== undefined) ends.push({ topic, partition, end: last.offset + 1 });
      // Nothing at all came: the answer was full, or the partition has moved. Its stable end is the best that is known.
      else if (decoded.next === from) ends.push({ topic, partition, end });
      else if (from === start) ends.push({ topic, partition, end: start });
      else open.push({ range, back: back * 4 });
    }
  }
  return ends;
}
