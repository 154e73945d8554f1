import type { Admin } from "kafkajs";
import type {
  Backbone,
  GroupOptions,
  GroupReader,
  PartitionOffsets,
  Position,
  Producer,
  ProducerOptions,
  Reader,
  TopicSpec,
} from "../backbone/backbone.ts";
import { StreamsError } from "../errors.ts";
import { kafkaClient, openCluster } from "./client.ts";
import { GroupTasks } from "./group-tasks.ts";
import { streamsError } from "./kafka-errors.ts";
import { KafkaGroup } from "./kafka-group.ts";
import { KafkaProducer } from "./kafka-producer.ts";
import { KafkaReader } from "./kafka-reader.ts";
import { kafkaSettings, type KafkaBackboneOptions, type KafkaSettings } from "./options.ts";
import { TopicDirectory } from "./topic-directory.ts";
import type { Cluster } from "./wire.ts";

/** Connects; rejects with `BACKBONE_UNAVAILABLE` when no broker answers within `deliveryTimeoutMs`. */
export async function createKafkaBackbone(options: KafkaBackboneOptions): Promise<Backbone> {
  const settings = kafkaSettings(options);
  const cluster = await openCluster(settings);
  const admin = kafkaClient(settings).admin();
  try {
    await admin.connect();
  } catch (error) {
    await cluster.disconnect();
    throw streamsError(error, `connect to ${settings.brokers.join(", ")}`);
  }
  return new KafkaBackbone(cluster, admin, settings);
}

class KafkaBackbone implements Backbone {
  readonly kind = "kafka";
  readonly #cluster: Cluster;
  readonly #admin: Admin;
  readonly #settings: KafkaSettings;
  readonly #directory: TopicDirectory;
  readonly #opened = new Set<{ close(): Promise<void> }>();
  #closed = false;

  constructor(cluster: Cluster, admin: Admin, settings: KafkaSettings) {
    this.#cluster = cluster;
    this.#admin = admin;
    this.#settings = settings;
    this.#directory = new TopicDirectory(admin, cluster, settings);
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    this.#check();
    await this.#directory.ensure(specs);
  }

  async partitions(topic: string): Promise<number | undefined> {
    this.#check();
    return this.#directory.partitions(topic);
  }

  async topics(): Promise<readonly string[]> {
    this.#check();
    return this.#directory.topics();
  }

  async offsets(topics: readonly string[]): Promise<readonly PartitionOffsets[]> {
    this.#check();
    return this.#directory.offsets(topics);
  }

  async committed(groupId: string, topics: readonly string[]): Promise<readonly Position[]> {
    this.#check();
    await this.#directory.check(topics.map((topic) => ({ topic, partition: 0 })));
    const partitions = topics.flatMap((topic) =>
      Array.from({ length: this.#directory.known(topic)! }, (_, partition) => ({ topic, partition })),
    );
    return this.#directory.committed(groupId, partitions);
  }

  async commit(groupId: string, positions: readonly Position[]): Promise<void> {
    this.#check();
    await this.#directory.check(positions);
    await this.#directory.commit(groupId, positions);
  }

  async producer(options: ProducerOptions = {}): Promise<Producer> {
    return this.#open(async (cluster) => {
      const producer = new KafkaProducer(cluster, this.#directory, this.#settings, options.transactionalId);
      await producer.start();
      return producer;
    });
  }

  async reader(positions: readonly Position[]): Promise<Reader> {
    this.#check();
    await this.#directory.check(positions);
    return this.#open(async (cluster) => {
      const reader = new KafkaReader(cluster, this.#directory, this.#settings);
      await reader.start(positions);
      return reader;
    });
  }

  async group(options: GroupOptions): Promise<GroupReader> {
    this.#check();
    const { groupId, listener, copartitioned } = options;
    const tasks = await GroupTasks.of(copartitioned, this.#directory);
    return this.#open(async (cluster) => {
      const leave = async (memberId: string): Promise<void> => {
        // Where the leave does not get through, the session's end does the same a little later.
        const coordinator = this.#cluster.findGroupCoordinator({ groupId });
        await coordinator.then((broker) => broker.leaveGroup({ groupId, memberId })).catch(() => undefined);
      };
      const directory = this.#directory;
      return new KafkaGroup({ groupId, tasks, listener, directory, settings: this.#settings, cluster, leave });
    });
  }

  /** Everything that is opened has connections of its own, and is closed with the backbone at the latest. */
  async #open<T extends { close(): Promise<void> }>(make: (cluster: Cluster) => Promise<T>): Promise<T> {
    this.#check();
    const cluster = await openCluster(this.#settings);
    try {
      const opened = await make(cluster);
      const close = opened.close.bind(opened);
      opened.close = () => {
        this.#opened.delete(opened);
        return close();
      };
      this.#opened.add(opened);
      return opened;
    } catch (error) {
      await cluster.disconnect();
      throw streamsError(error, "open");
    }
  }

  #check(): void {
    if (this.#closed) throw new StreamsError("CLOSED", "this Kafka backbone is closed");
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all([...this.#opened].map((opened) => opened.close()));
    await Promise.all([this.#admin.disconnect(), this.#cluster.disconnect()]);
  }
}
