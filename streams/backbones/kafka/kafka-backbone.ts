import type {
  Backbone,
  GroupOptions,
  GroupReader,
  PartitionOffsets,
  Position,
  Producer,
  ProducerOptions,
  Reader,
  ReaderOptions,
  TopicDescription,
  TopicRetention,
  TopicSpec,
} from "../../backbone/backbone.ts";
import { StreamsError } from "../../errors.ts";
import { kafkaClient, openCluster } from "./cluster/client.ts";
import { GroupOffsets } from "./group/group-offsets.ts";
import { GroupTasks } from "./group/group-tasks.ts";
import { protocolType, streamsError } from "./cluster/kafka-errors.ts";
import { retrying } from "./cluster/retrying.ts";
import { KafkaGroup } from "./group/kafka-group.ts";
import { KafkaProducer } from "./write/kafka-producer.ts";
import { KafkaReader } from "./read/kafka-reader.ts";
import { kafkaSettings, type KafkaBackboneOptions, type KafkaSettings } from "./cluster/options.ts";
import { TopicDirectory } from "./topics/topic-directory.ts";
import type { Client, Cluster, TopicAdmin } from "./cluster/wire.ts";

/** Connects; rejects with `BACKBONE_UNAVAILABLE` when no broker answers within `deliveryTimeoutMs`. */
export async function createKafkaBackbone(options: KafkaBackboneOptions): Promise<Backbone> {
  const settings = kafkaSettings(options);
  return openBackbone(settings, {
    fencesOffsets: false,
    staticMembers: false,
    openCluster: () => openCluster(settings),
    async openAdmin() {
      const admin = kafkaClient(settings).admin();
      await admin.connect();
      return admin;
    },
  });
}

/** The backbone over any client library that gives connections and requests. */
export async function openBackbone(settings: KafkaSettings, client: Client): Promise<Backbone> {
  if (settings.groupInstanceId !== undefined && !client.staticMembers) {
    throw new StreamsError(
      "TOPOLOGY_INVALID",
      "groupInstanceId: kafkajs' connections carry none; use the platformatic client for static membership",
    );
  }
  const cluster = await client.openCluster();
  try {
    return new KafkaBackbone(client, cluster, await client.openAdmin(), settings);
  } catch (error) {
    await cluster.disconnect();
    throw streamsError(error, `connect to ${settings.brokers.join(", ")}`);
  }
}

class KafkaBackbone implements Backbone {
  readonly kind = "kafka";
  readonly fencesOffsets: boolean;
  readonly #client: Client;
  readonly #cluster: Cluster;
  readonly #admin: TopicAdmin;
  readonly #settings: KafkaSettings;
  readonly #directory: TopicDirectory;
  readonly #groups: GroupOffsets;
  readonly #opened = new Set<{ close(): Promise<void> }>();
  readonly #members = new Set<KafkaGroup>();
  #closed = false;

  constructor(client: Client, cluster: Cluster, admin: TopicAdmin, settings: KafkaSettings) {
    this.#client = client;
    this.fencesOffsets = client.fencesOffsets;
    this.#cluster = cluster;
    this.#admin = admin;
    this.#settings = settings;
    this.#directory = new TopicDirectory(admin, cluster, settings);
    this.#groups = new GroupOffsets(cluster, settings);
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

  async recordBytes(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    this.#check();
    return this.#directory.recordBytes(topics);
  }

  async retention(topics: readonly string[]): Promise<readonly TopicRetention[]> {
    this.#check();
    return this.#directory.retention(topics);
  }

  async retain(topics: readonly TopicRetention[]): Promise<void> {
    this.#check();
    await this.#directory.retain(topics);
  }

  async offsets(topics: readonly string[]): Promise<readonly PartitionOffsets[]> {
    this.#check();
    return this.#directory.offsets(topics);
  }

  async ranges(topics: readonly string[]): Promise<readonly PartitionOffsets[]> {
    this.#check();
    return this.#directory.ranges(topics);
  }

  async grow(topic: string, partitions: number): Promise<void> {
    this.#check();
    await this.#directory.grow(topic, partitions);
  }

  async describe(topics: readonly string[]): Promise<readonly TopicDescription[]> {
    this.#check();
    return this.#directory.describe(topics);
  }

  async committed(groupId: string, topics: readonly string[]): Promise<readonly Position[]> {
    this.#check();
    await this.#directory.check(topics.map((topic) => ({ topic, partition: 0 })));
    const partitions = topics.flatMap((topic) =>
      Array.from({ length: this.#directory.known(topic)! }, (_, partition) => ({ topic, partition })),
    );
    return this.#groups.committed(groupId, partitions);
  }

  async commit(groupId: string, positions: readonly Position[]): Promise<void> {
    this.#check();
    await this.#directory.check(positions);
    await this.#groups.commit(groupId, positions);
  }

  async producer(options: ProducerOptions = {}): Promise<Producer> {
    return this.#open(async (cluster) => {
      const { transactionalId } = options;
      const memberOf = (groupId: string, positions: readonly Position[]): KafkaGroup | undefined =>
        this.#memberOf(groupId, positions);
      const producer = new KafkaProducer({
        cluster,
        directory: this.#directory,
        settings: this.#settings,
        transactionalId,
        memberOf,
      });
      await producer.start();
      return producer;
    });
  }

  async reader(positions: readonly Position[], { onTrimmed }: ReaderOptions = {}): Promise<Reader> {
    this.#check();
    await this.#directory.check(positions);
    return this.#open(async (cluster) => {
      const reader = new KafkaReader(cluster, this.#directory, this.#settings, onTrimmed);
      await reader.start(positions);
      return reader;
    });
  }

  async group(options: GroupOptions): Promise<GroupReader> {
    this.#check();
    const { groupId, listener, copartitioned, standbyReplicas = 0 } = options;
    // A static member takes its own place again.
    const memory = this.#settings.groupInstanceId === undefined ? options.memory : undefined;
    const tasks = await GroupTasks.of(copartitioned, this.#directory);
    return this.#open(async (cluster) => {
      const leave = async (memberId: string): Promise<boolean> => {
        try {
          await (await this.#cluster.findGroupCoordinator({ groupId })).leaveGroup({ groupId, memberId });
          return true;
        } catch (error) {
          if (protocolType(error) === "UNKNOWN_MEMBER_ID") return true;
          throw error;
        }
      };
      const former = memory?.read();
      if (former !== undefined) await this.#insist(() => leave(former));
      const directory = this.#directory;
      const member: KafkaGroup = new KafkaGroup({
        groupId,
        tasks,
        standbyReplicas,
        listener,
        memory,
        directory,
        offsets: this.#groups,
        settings: this.#settings,
        cluster,
        leave: (memberId) => leave(memberId).catch(() => false),
        closed: () => this.#members.delete(member),
      });
      this.#members.add(member);
      return member;
    });
  }

  /** For as long as a member's session: its end does the same as a leave that does not get through. */
  async #insist(leave: () => Promise<boolean>): Promise<void> {
    const { sessionTimeoutMs, deliveryTimeoutMs } = this.#settings;
    const patience = { ...this.#settings, deliveryTimeoutMs: Math.min(sessionTimeoutMs, deliveryTimeoutMs) };
    const between = (): Promise<void> => this.#cluster.refreshMetadata();
    await retrying(patience, "kafka group", leave, between).catch(() => undefined);
  }

  /**
   * The member of this backbone that has the partitions: its standing guards offsets in a transaction. Undefined if the
   * backbone has no member in the group.
   */
  #memberOf(groupId: string, positions: readonly Position[]): KafkaGroup | undefined {
    if (!this.#client.fencesOffsets) return undefined;
    const members = [...this.#members].filter((member) => member.groupId === groupId);
    return members.find((member) => member.owns(positions)) ?? members[0];
  }

  /** Everything that is opened has connections of its own, and is closed with the backbone at the latest. */
  async #open<T extends { close(): Promise<void> }>(make: (cluster: Cluster) => Promise<T>): Promise<T> {
    this.#check();
    const cluster = await this.#client.openCluster();
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
    this.#settings.close();
    await Promise.all([...this.#opened].map((opened) => opened.close()));
    await Promise.all([this.#admin.disconnect(), this.#cluster.disconnect()]);
  }
}
