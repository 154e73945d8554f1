import type {
  PartitionOffsets,
  TopicDescription,
  TopicPartition,
  TopicRetention,
  TopicSpec,
} from "../../../backbone/backbone.ts";
import { StreamsError } from "../../../errors.ts";
import { ProtocolError, protocolType, streamsError } from "../cluster/kafka-errors.ts";
import { MessageSizes } from "../requests/message-sizes.ts";
import type { KafkaSettings } from "../cluster/options.ts";
import { retrying } from "../cluster/retrying.ts";
import { PartitionEnds } from "./partition-ends.ts";
import { describeTopics, growTopic, knowsIds, metadataVersion } from "./topic-metadata.ts";
import { TopicSettings, topicConfig } from "./topic-settings.ts";
import type { Broker, Cluster, TopicAdmin } from "../cluster/wire.ts";

/** The cluster's topics, with their partitions and offsets. */
export class TopicDirectory {
  readonly #admin: TopicAdmin;
  readonly #cluster: Cluster;
  readonly #settings: KafkaSettings;
  readonly #topicSettings: TopicSettings;
  /** The largest batches of topics, as far as they were asked for. */
  readonly sizes: MessageSizes;
  readonly #counts = new Map<string, number>();
  readonly #ids = new Map<string, string | undefined>();
  /** First and last offsets, one attempt a call. */
  readonly ends: PartitionEnds;
  #metadataVersion: number | undefined;

  constructor(admin: TopicAdmin, cluster: Cluster, settings: KafkaSettings) {
    this.#admin = admin;
    this.#cluster = cluster;
    this.#settings = settings;
    this.#topicSettings = new TopicSettings(cluster, settings);
    this.ends = new PartitionEnds(cluster);
    this.sizes = new MessageSizes((topics) => this.#topicSettings.maxMessageBytes(topics));
  }

  async ensure(specs: readonly TopicSpec[]): Promise<void> {
    const missing: TopicSpec[] = [];
    for (const spec of specs) {
      const partitions = await this.partitions(spec.name);
      if (partitions === undefined) missing.push(spec);
      else checkPartitions(spec, partitions);
    }
    const there = specs.filter((spec) => spec.timestamps === "arrival" && !missing.includes(spec));
    if (there.length > 0) await this.#topicSettings.stampOnArrival(there.map(({ name }) => name));
    if (missing.length === 0) return;
    await this.#create(missing);
    // Another instance may have been first, and with another number of partitions.
    for (const spec of missing) {
      const partitions = await this.partitions(spec.name);
      if (partitions === undefined) {
        throw new StreamsError(
          "BACKBONE_UNAVAILABLE",
          `topic ${spec.name} was created but is not there yet: try again`,
        );
      }
      checkPartitions(spec, partitions);
    }
  }

  async #create(specs: readonly TopicSpec[], futureTimes = true): Promise<void> {
    const { replicationFactor, minInsyncReplicas } = this.#settings;
    const topics = specs.map((spec) => ({
      topic: spec.name,
      numPartitions: spec.partitions,
      replicationFactor,
      configEntries: topicConfig(spec, { futureTimes, minInsyncReplicas }),
    }));
    try {
      await retrying(this.#settings, "kafka topics", () => this.#admin.createTopics({ topics, waitForLeaders: true }));
    } catch (error) {
      const errors = error instanceof Error && "errors" in error ? (error.errors as readonly Error[]) : [error];
      // Brokers before 3.6 do not know the setting for times in the future, and do not need it.
      if (futureTimes && errors.some((each) => protocolType(each) === "INVALID_CONFIG")) {
        return this.#create(specs, false);
      }
      throw streamsError(errors[0], `create ${specs.map((spec) => spec.name).join(", ")}`);
    }
  }

  async partitions(topic: string): Promise<number | undefined> {
    const known = this.#counts.get(topic);
    if (known !== undefined) return known;
    try {
      const count = await this.#retrying(async () => {
        const broker = await this.#anyBroker();
        try {
          const { topicMetadata } = await broker.metadata([topic]);
          return topicMetadata.find((found) => found.topic === topic)?.partitionMetadata.length;
        } catch (error) {
          if (protocolType(error) === "UNKNOWN_TOPIC_OR_PARTITION") return undefined;
          throw error;
        }
      });
      if (count !== undefined) this.#counts.set(topic, count);
      return count;
    } catch (error) {
      if (protocolType(error) === "INVALID_TOPIC_EXCEPTION") return undefined;
      throw streamsError(error, `look up topic ${topic}`);
    }
  }

  async describe(topics: readonly string[]): Promise<readonly TopicDescription[]> {
    if (topics.length === 0) return [];
    let found: readonly TopicDescription[];
    try {
      found = await this.#retrying(async () => {
        const broker = await this.#anyBroker();
        this.#metadataVersion ??= await metadataVersion(broker);
        return knowsIds(this.#metadataVersion) ? describeTopics(broker, topics) : await this.#countedAnew(topics);
      });
    } catch (error) {
      throw streamsError(error, `look up topics ${topics.join(", ")}`);
    }
    for (const topic of topics) {
      const now = found.find((each) => each.topic === topic);
      if (now !== undefined && now.topicId === this.#ids.get(topic) && now.partitions === this.#counts.get(topic))
        continue;
      this.#forget(topic);
      if (now === undefined) continue;
      this.#ids.set(topic, now.topicId);
      this.#counts.set(topic, now.partitions);
    }
    return found;
  }

  async #countedAnew(topics: readonly string[]): Promise<readonly TopicDescription[]> {
    for (const topic of topics) this.#counts.delete(topic);
    const counts = await Promise.all(topics.map(async (topic) => [topic, await this.partitions(topic)] as const));
    return counts.flatMap(([topic, partitions]) => (partitions === undefined ? [] : [{ topic, partitions }]));
  }

  /** The known facts of the topic may be of an earlier one with its name. */
  #forget(topic: string): void {
    this.#ids.delete(topic);
    this.#counts.delete(topic);
    this.ends.forget(topic);
  }

  async #anyBroker(): Promise<Broker> {
    if (this.#cluster.getNodeIds()[0] === undefined) await this.#cluster.refreshMetadata();
    return this.#cluster.findBroker({ nodeId: this.#cluster.getNodeIds()[0]! });
  }

  async grow(topic: string, partitions: number): Promise<void> {
    const [there] = await this.describe([topic]);
    await this.check([{ topic, partition: 0 }]);
    if (there!.partitions >= partitions) return;
    try {
      await this.#retrying(async () =>
        growTopic(await this.#cluster.findControllerBroker(), topic, partitions, this.#settings.deliveryTimeoutMs),
      );
      // Another broker may hear of it a moment later.
      await this.#retrying(async () => {
        const [now] = await this.describe([topic]);
        if (now === undefined || now.partitions < partitions) throw new ProtocolError("GROWING", true, topic);
        await this.#cluster.refreshMetadata();
      });
    } catch (error) {
      throw streamsError(error, `give ${topic} ${partitions} partitions`);
    }
  }

  /** The number of partitions, if it was asked for before. */
  known(topic: string): number | undefined {
    return this.#counts.get(topic);
  }

  /** The largest record of each topic that is there, asked for anew. */
  async recordBytes(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const there: string[] = [];
    for (const topic of topics) if ((await this.partitions(topic)) !== undefined) there.push(topic);
    if (there.length > 0) await this.sizes.learn(there);
    return new Map(there.map((topic) => [topic, this.sizes.recordBytes(topic)]));
  }

  /** Rejects with `UNKNOWN_TOPIC` unless every partition is there. */
  async check(partitions: readonly TopicPartition[]): Promise<void> {
    for (const { topic, partition } of partitions) {
      const count = await this.partitions(topic);
      if (count === undefined) {
        throw new StreamsError("UNKNOWN_TOPIC", `there is no topic ${topic}: create it first, or check its name`);
      }
      if (!Number.isInteger(partition) || partition < 0 || partition >= count) {
        throw new StreamsError("UNKNOWN_TOPIC", `there is no partition ${topic}/${partition}: the topic has ${count}`);
      }
    }
  }

  /** Without the broker's own. */
  async topics(): Promise<readonly string[]> {
    try {
      const names = await retrying(this.#settings, "kafka topics", () => this.#admin.listTopics());
      return names.filter((name) => !name.startsWith("__")).sort();
    } catch (error) {
      throw streamsError(error, "list the topics");
    }
  }

  async retention(topics: readonly string[]): Promise<readonly TopicRetention[]> {
    await this.check(topics.map((topic) => ({ topic, partition: 0 })));
    return this.#topicSettings.retention(topics);
  }

  async retain(topics: readonly TopicRetention[]): Promise<void> {
    await this.check(topics.map(({ topic }) => ({ topic, partition: 0 })));
    await this.#topicSettings.retain(topics);
  }

  offsets(topics: readonly string[]): Promise<readonly PartitionOffsets[]> {
    return this.#ofAll(topics, (partitions) => this.ends.bounds(partitions));
  }

  /** From the first offset to the one the next record will get. */
  ranges(topics: readonly string[]): Promise<readonly PartitionOffsets[]> {
    return this.#ofAll(topics, (partitions) => this.ends.rangesOf(partitions));
  }

  async #ofAll(
    topics: readonly string[],
    ask: (partitions: readonly TopicPartition[]) => Promise<readonly PartitionOffsets[]>,
  ): Promise<readonly PartitionOffsets[]> {
    await this.check(topics.map((topic) => ({ topic, partition: 0 })));
    const partitions = topics.flatMap((topic) =>
      Array.from({ length: this.#counts.get(topic)! }, (_, partition) => ({ topic, partition })),
    );
    if (partitions.length === 0) return [];
    try {
      return await this.#retrying(() => ask(partitions));
    } catch (error) {
      throw streamsError(error, `offsets of ${topics.join(", ")}`);
    }
  }

  #retrying<T>(attempt: () => Promise<T>): Promise<T> {
    return retrying(this.#settings, "kafka topics", attempt, () => this.#cluster.refreshMetadata());
  }
}

function checkPartitions(spec: TopicSpec, partitions: number): void {
  if (spec.partitions === partitions) return;
  throw new StreamsError(
    "TOPIC_MISMATCH",
    `topic ${spec.name} has ${partitions} partitions, not ${spec.partitions}: set the number it has, or use another name`,
  );
}
