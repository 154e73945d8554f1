import type { Position, TopicPartition } from "../../../backbone/backbone.ts";
import { streamsError } from "../cluster/kafka-errors.ts";
import type { KafkaSettings } from "../cluster/options.ts";
import { retrying } from "../cluster/retrying.ts";
import type { Cluster } from "../cluster/wire.ts";

/** Committed offsets of groups, from outside of the group. */
export class GroupOffsets {
  readonly #cluster: Cluster;
  readonly #settings: KafkaSettings;

  constructor(cluster: Cluster, settings: KafkaSettings) {
    this.#cluster = cluster;
    this.#settings = settings;
  }

  /** `stable` waits for open transactions that hold offsets of the group, if the client can. */
  async committed(
    groupId: string,
    partitions: readonly TopicPartition[],
    stable = false,
  ): Promise<readonly Position[]> {
    if (partitions.length === 0) return [];
    const topics = [...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, group]) => ({
      topic,
      partitions: group.map(({ partition }) => ({ partition })),
    }));
    try {
      const { responses } = await this.#retrying(async () => {
        const coordinator = await this.#cluster.findGroupCoordinator({ groupId });
        return coordinator.offsetFetch({ groupId, topics, requireStable: stable });
      });
      return responses.flatMap((response) =>
        response.partitions
          .map(({ partition, offset }) => ({ topic: response.topic, partition, offset: Number(offset) }))
          .filter(({ offset }) => offset >= 0),
      );
    } catch (error) {
      throw streamsError(error, `committed offsets of group ${groupId}`);
    }
  }

  /** For a group without members; one that has some refuses, as `FENCED`. */
  async commit(groupId: string, positions: readonly Position[]): Promise<void> {
    if (positions.length === 0) return;
    const topics = [...Map.groupBy(positions, ({ topic }) => topic)].map(([topic, group]) => ({
      topic,
      partitions: group.map(({ partition, offset }) => ({ partition, offset: String(offset) })),
    }));
    try {
      await this.#retrying(async () => {
        const coordinator = await this.#cluster.findGroupCoordinator({ groupId });
        await coordinator.offsetCommit({ groupId, groupGenerationId: -1, memberId: "", topics });
      });
    } catch (error) {
      throw streamsError(error, `commit for group ${groupId}`);
    }
  }

  #retrying<T>(attempt: () => Promise<T>): Promise<T> {
    return retrying(this.#settings, "kafka topics", attempt, () => this.#cluster.refreshMetadata());
  }
}
