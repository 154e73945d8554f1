import type { OutgoingRecord, TopicPartition } from "../backbone/backbone.ts";
import { batchHeaderBytes, encodedSizeLimit } from "./batch-encode.ts";

/** Records of one partition that go into one batch. */
export interface Chunk extends TopicPartition {
  readonly records: readonly OutgoingRecord[];
}

/** Below the broker's and the topics' default `max.message.bytes` of 1,048,588, which is counted a batch. */
const maxBatchBytes = 1_040_000;
/** Well below `socket.request.max.bytes` (100 MiB), and little enough that others on the connection are not held up. */
const maxRoundBytes = 16 << 20;

/**
 * Cuts records into rounds. A round has at most one batch of each partition, and rounds are sent one after the other, so the order within
 * a partition is kept.
 */
export function rounds(records: readonly OutgoingRecord[]): readonly (readonly Chunk[])[] {
  const cut: { readonly chunks: Chunk[]; bytes: number }[] = [];
  const partitions = new Map<string, Map<number, Batch[]>>();
  for (const record of records) {
    let ofTopic = partitions.get(record.topic);
    if (ofTopic === undefined) partitions.set(record.topic, (ofTopic = new Map()));
    let batches = ofTopic.get(record.partition);
    if (batches === undefined) ofTopic.set(record.partition, (batches = []));
    add(batches, record);
  }
  for (const [topic, ofTopic] of partitions) {
    for (const [partition, batches] of ofTopic) {
      let round = 0;
      for (const batch of batches) {
        while (cut[round] !== undefined && cut[round]!.bytes + batch.bytes > maxRoundBytes) round++;
        cut[round] ??= { chunks: [], bytes: 0 };
        cut[round]!.chunks.push({ topic, partition, records: batch.records });
        cut[round]!.bytes += batch.bytes;
        round++;
      }
    }
  }
  return cut.map(({ chunks }) => chunks);
}

interface Batch {
  readonly records: OutgoingRecord[];
  bytes: number;
}

function add(batches: Batch[], record: OutgoingRecord): void {
  const size = encodedSizeLimit(record);
  let batch = batches.at(-1);
  if (batch === undefined || batch.bytes + size > maxBatchBytes) {
    batch = { records: [], bytes: batchHeaderBytes };
    batches.push(batch);
  }
  batch.records.push(record);
  batch.bytes += size;
}
