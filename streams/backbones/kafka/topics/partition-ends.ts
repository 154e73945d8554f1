import type { PartitionOffsets, TopicPartition } from "../../../backbone/backbone.ts";
import { lastReadable } from "../requests/last-readable.ts";
import type { Broker, Cluster } from "../cluster/wire.ts";

const earliest = -2;
const latest = -1;
const readUncommitted = 0;
const readCommitted = 1;

/** First and last offsets of partitions, asked of their leaders. Each call is one attempt: the caller tries again. */
export class PartitionEnds {
  readonly #cluster: Cluster;
  /** By `topic/partition`: up to which stable offset the last readable record is known. */
  readonly #ends = new Map<string, { readonly stable: number; readonly end: number }>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** The known facts of the topic may be of an earlier one with its name. */
  forget(topic: string): void {
    for (const name of this.#ends.keys()) if (name.startsWith(`${topic}/`)) this.#ends.delete(name);
  }

  /** From the first offset to the one the next record will get; two requests to each leader at once. */
  async rangesOf(partitions: readonly TopicPartition[]): Promise<readonly PartitionOffsets[]> {
    await this.#cluster.addMultipleTargetTopics([...new Set(partitions.map(({ topic }) => topic))]);
    const byLeader = Map.groupBy(partitions, (at) => leaderOf(this.#cluster, at));
    const found = await Promise.all(
      [...byLeader].map(async ([nodeId, led]) => {
        const broker = await this.#cluster.findBroker({ nodeId });
        const [starts, ends] = await Promise.all([
          listOffsets(broker, led, earliest, readUncommitted),
          listOffsets(broker, led, latest, readUncommitted),
        ]);
        return led.map((at) => ({ ...at, start: starts.get(nameOf(at))!, end: ends.get(nameOf(at))! }));
      }),
    );
    return found.flat();
  }

  /**
   * Up to the last readable record. Sends two requests to each leader at once, then one more if transactions or
   * compaction hide the last record.
   */
  async bounds(partitions: readonly TopicPartition[]): Promise<readonly PartitionOffsets[]> {
    await this.#cluster.addMultipleTargetTopics([...new Set(partitions.map(({ topic }) => topic))]);
    const byLeader = Map.groupBy(partitions, (at) => leaderOf(this.#cluster, at));
    const found = await Promise.all(
      [...byLeader].map(async ([nodeId, led]) => {
        const broker = await this.#cluster.findBroker({ nodeId });
        const [starts, stable] = await Promise.all([
          listOffsets(broker, led, earliest),
          listOffsets(broker, led, latest),
        ]);
        const moved = led.filter((at) => this.#ends.get(nameOf(at))?.stable !== stable.get(nameOf(at)));
        const ranges = moved.map((at) => ({ ...at, start: starts.get(nameOf(at))!, end: stable.get(nameOf(at))! }));
        for (const { topic, partition, offset: end } of await lastReadable(broker, ranges)) {
          const name = nameOf({ topic, partition });
          this.#ends.set(name, { stable: stable.get(name)!, end });
        }
        return led.map((at) => ({ ...at, start: starts.get(nameOf(at))!, end: this.#ends.get(nameOf(at))!.end }));
      }),
    );
    const order = new Map(partitions.map((at, i) => [nameOf(at), i]));
    return found
      .flat()
      .map((at) => ({ ...at, end: Math.max(at.start, at.end) }))
      .sort((a, b) => order.get(nameOf(a))! - order.get(nameOf(b))!);
  }
}

/** The broker that leads the partition, as `cluster` knows it; -1 while nobody does. */
export function leaderOf(cluster: Cluster, { topic, partition }: TopicPartition): number {
  const found = cluster.findTopicPartitionMetadata(topic).find((at) => at.partitionId === partition);
  return found?.leader ?? -1;
}

export function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

async function listOffsets(
  broker: Broker,
  partitions: readonly TopicPartition[],
  timestamp: number,
  isolationLevel: 0 | 1 = readCommitted,
) {
  const topics = [...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, group]) => ({
    topic,
    partitions: group.map(({ partition }) => ({ partition, timestamp })),
  }));
  const { responses } = await broker.listOffsets({ isolationLevel, topics });
  const offsets = responses.flatMap((response) =>
    response.partitions.map(
      ({ partition, offset }) => [nameOf({ topic: response.topic, partition }), Number(offset)] as const,
    ),
  );
  return new Map(offsets);
}
