import type { Position, TopicPartition } from "../../../backbone/backbone.ts";
import { groupKey, prefixRange } from "../keys.ts";
import type { LogStore } from "../log-store.ts";
import type { Operation } from "../write-queue.ts";

export interface GroupPosition {
  readonly groupId: string;
  readonly position: Position;
}

/** The committed offsets of the groups. */
export class CommittedOffsets {
  readonly #offsets = new Map<string, number>();
  /** Committed numbers beyond the end of their partition, unchanged: a feed keeps more than an offset there. */
  readonly #beyond = new Map<string, number>();

  /**
   * Loads memory from the database. No group reads from beyond its partition's end: it would not see new records with
   * the offsets of lost ones.
   * @param endOf the end of a partition; `undefined` if there is no such partition.
   */
  async load(store: LogStore, endOf: (topic: string, partition: number) => number | undefined): Promise<void> {
    this.#offsets.clear();
    this.#beyond.clear();
    for await (const [key, value] of store.iterator(prefixRange("g"))) {
      const name = key.toString("utf8", 1);
      const [, topic, partition] = name.split("\0") as [string, string, string];
      const end = endOf(topic, Number(partition)) ?? Number.POSITIVE_INFINITY;
      const offset = Number(value.toString());
      this.#offsets.set(name, Math.min(offset, end));
      if (offset > end) this.#beyond.set(name, offset);
    }
  }

  /** The offset from which a group goes on reading. */
  get(groupId: string, { topic, partition }: TopicPartition): number | undefined {
    return this.#offsets.get(`${groupId}\0${topic}\0${partition}`);
  }

  /** The committed number, as it was given. */
  said(groupId: string, at: TopicPartition): number | undefined {
    return this.#beyond.get(`${groupId}\0${at.topic}\0${at.partition}`) ?? this.get(groupId, at);
  }

  /** Forgets the groups' offsets of topics that are taken away. @returns the operations to store */
  forget(topics: ReadonlySet<string>): readonly Operation[] {
    const operations: Operation[] = [];
    for (const name of this.#offsets.keys()) {
      const [groupId, topic, partition] = name.split("\0") as [string, string, string];
      if (!topics.has(topic)) continue;
      this.#offsets.delete(name);
      this.#beyond.delete(name);
      operations.push({ type: "del", key: groupKey(groupId, topic, Number(partition)) });
    }
    return operations;
  }

  /** Once the operations of `puts` are stored. */
  set(positions: readonly GroupPosition[]): void {
    for (const { groupId, position } of positions) {
      const name = `${groupId}\0${position.topic}\0${position.partition}`;
      this.#offsets.set(name, position.offset);
      this.#beyond.delete(name);
    }
  }
}

export function putPositions(positions: readonly GroupPosition[]): readonly Operation[] {
  return positions.map(({ groupId, position }) => ({
    type: "put",
    key: groupKey(groupId, position.topic, position.partition),
    value: Buffer.from(String(position.offset)),
  }));
}
