import type { Backbone, PartitionOffsets, Position, TopicPartition } from "./backbone.ts";

/** `madeAnew`: another topic of the same name. `cutBack`: the same one without its end. `trimmed`: without its start. */
export type MoveReason = "madeAnew" | "cutBack" | "trimmed";

/** A position that is no longer valid, and the position at which reading goes on. */
export interface Move extends TopicPartition {
  readonly reason: MoveReason;
  readonly from: number;
  readonly to: number;
  /** One past the last offset of the partition now. */
  readonly end: number;
}

/** A remembered position, with its topic's id if that is known. */
export interface Remembered extends Position {
  readonly topicId?: string | undefined;
}

/** The present topics: their ids, and the bounds of their partitions. */
export class TopicView {
  readonly ids: Readonly<Record<string, string>>;
  readonly #ranges: ReadonlyMap<string, PartitionOffsets>;

  /** Asks the brokers anew. Rejects with `UNKNOWN_TOPIC`. */
  static async of(backbone: Pick<Backbone, "describe" | "ranges">, topics: readonly string[]): Promise<TopicView> {
    const described = await backbone.describe(topics);
    return new TopicView(
      Object.fromEntries(described.flatMap(({ topic, topicId }) => (topicId === undefined ? [] : [[topic, topicId]]))),
      await backbone.ranges(topics),
    );
  }

  constructor(ids: Readonly<Record<string, string>>, ranges: readonly PartitionOffsets[]) {
    this.ids = ids;
    this.#ranges = new Map(ranges.map((range) => [`${range.topic}/${range.partition}`, range]));
  }

  has({ topic, partition }: TopicPartition): boolean {
    return this.#ranges.has(`${topic}/${partition}`);
  }

  start({ topic, partition }: TopicPartition): number {
    return this.#ranges.get(`${topic}/${partition}`)?.start ?? 0;
  }

  /** The move of a remembered position; `undefined` if reading goes on at it. */
  moveOf({ topic, partition, offset, topicId }: Remembered): Move | undefined {
    const range = this.#ranges.get(`${topic}/${partition}`);
    if (range === undefined) return undefined;
    const { start, end } = range;
    const id = this.ids[topic];
    const reason = (): MoveReason | undefined => {
      if (topicId !== undefined && id !== undefined && topicId !== id) return "madeAnew";
      if (offset > end) return "cutBack";
      return offset < start ? "trimmed" : undefined;
    };
    const found = reason();
    return found === undefined ? undefined : { topic, partition, reason: found, from: offset, to: start, end };
  }
}
