import type { Position, TopicPartition } from "../../../backbone/backbone.ts";
import { decodeBatches } from "../records/batch-decode.ts";
import { fetchBatches } from "./fetch-request.ts";
import type { Broker } from "../cluster/wire.ts";

interface Range extends TopicPartition {
  readonly start: number;
  /** The last stable offset: behind it only open transactions. */
  readonly end: number;
}

const limits = Object.freeze({ maxWaitMs: 0, maxBytes: 50 << 20, maxPartitionBytes: 2 << 20 });

/** A stretch that is being looked through, `at` the offset to go on from. */
interface Search {
  readonly range: Range;
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly last: number | undefined;
}

/**
 * One past the last readable record of each range. The log may end in records that no reader sees: the marker that ends
 * a transaction, or an aborted transaction. A reader that waits for a record there would wait for ever. So this looks
 * at the end, in growing steps back.
 */
export async function lastReadable(broker: Broker, ranges: readonly Range[]): Promise<readonly Position[]> {
  const ends: Position[] = [];
  let searches = ranges.flatMap((range) => stepBack(range, range.end, 1) ?? []);
  for (const range of ranges) if (range.end <= range.start) ends.push(endOf(range, range.start));
  while (searches.length > 0) {
    const positions = searches.map(({ range: { topic, partition }, at }) => ({ topic, partition, offset: at }));
    const fetched = await fetchBatches(broker, positions, limits);
    const next: Search[] = [];
    for (const search of searches) {
      const { range, from, to, at } = search;
      const answer = fetched.find(({ topic, partition }) => topic === range.topic && partition === range.partition);
      const found = answer?.errorCode === 0 ? decodeBatches(answer.batches, at, answer.aborted) : undefined;
      const last = found?.records.findLast((record) => record.offset < range.end)?.offset ?? search.last;
      // Nothing came: the answer was full, or the partition has moved. The stable end is the best that is known.
      if (found === undefined || found.next === at) ends.push(endOf(range, last === undefined ? range.end : last + 1));
      else if (found.next < to) next.push({ ...search, at: found.next, last });
      else if (last !== undefined) ends.push(endOf(range, last + 1));
      else {
        const back = stepBack(range, from, (range.end - from) * 4);
        if (back === undefined) ends.push(endOf(range, range.start));
        else next.push(back);
      }
    }
    searches = next;
  }
  return ends;
}

function stepBack(range: Range, to: number, back: number): Search | undefined {
  if (to <= range.start) return undefined;
  const from = Math.max(range.start, range.end - back);
  return { range, from, to, at: from, last: undefined };
}

function endOf({ topic, partition }: TopicPartition, offset: number): Position {
  return { topic, partition, offset };
}
