import type { Broker } from "../kafka/cluster/wire.ts";

interface CommittedTopic {
  name: string;
  partitions: { partitionIndex: number; committedOffset: bigint; committedLeaderEpoch: number }[];
}

/** Offsets to commit, in the library's words. */
export function committedTopics(topics: Parameters<Broker["offsetCommit"]>[0]["topics"]): CommittedTopic[] {
  return topics.map(({ topic, partitions }) => ({
    name: topic,
    partitions: partitions.map(({ partition, offset }) => ({
      partitionIndex: partition,
      committedOffset: BigInt(offset),
      committedLeaderEpoch: -1,
    })),
  }));
}
