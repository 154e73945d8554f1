import { findCoordinatorV3, metadataV9 } from "@platformatic/kafka";
import { ConnectionLost, ProtocolError } from "../kafka/cluster/kafka-errors.ts";
import type { KafkaSettings } from "../kafka/cluster/options.ts";
import type { Cluster } from "../kafka/cluster/wire.ts";
import { type Address, answerOf } from "./client-error.ts";
import type { Connections } from "./connections.ts";
import { PlatformaticBroker } from "./platformatic-broker.ts";

const noRight = 29;

type Metadata = metadataV9.MetadataResponse;
interface Partition {
  readonly partitionId: number;
  readonly leader: number;
}

/**
 * Known facts of the brokers and of the topics that were asked for. Nothing is asked again unless `refreshMetadata` is
 * called.
 */
export class PlatformaticCluster implements Cluster {
  readonly #connections: Connections;
  readonly #bootstrap: readonly Address[];
  readonly #brokers = new Map<number, PlatformaticBroker>();
  readonly #topics = new Map<string, readonly Partition[]>();
  readonly #targets = new Set<string>();
  #controllerId = -1;
  #refreshing: Promise<void> | undefined;

  constructor(connections: Connections, settings: KafkaSettings) {
    this.#connections = connections;
    this.#bootstrap = settings.brokers.map((broker) => {
      const colon = broker.lastIndexOf(":");
      return { host: broker.slice(0, colon), port: Number(broker.slice(colon + 1)) };
    });
  }

  connect(): Promise<void> {
    return this.refreshMetadata();
  }

  disconnect(): Promise<void> {
    return this.#connections.close();
  }

  /** Rejects if one of the topics has an error, or none of the brokers answers. */
  async addMultipleTargetTopics(topics: readonly string[]): Promise<void> {
    const missing = topics.filter((topic) => !this.#topics.has(topic));
    if (missing.length === 0) return;
    for (const topic of missing) this.#targets.add(topic);
    await this.#load();
    const gone = missing.find((topic) => !this.#topics.has(topic));
    if (gone === undefined) return;
    this.#targets.delete(gone);
    throw new ProtocolError("UNKNOWN_TOPIC_OR_PARTITION", true, gone);
  }

  refreshMetadata(): Promise<void> {
    return (this.#refreshing ??= this.#load().finally(() => (this.#refreshing = undefined)));
  }

  async #load(): Promise<void> {
    const { brokers, controllerId, topics } = await this.#metadata([...this.#targets]);
    const known = new Set(brokers.map(({ nodeId }) => nodeId));
    for (const nodeId of this.#brokers.keys()) if (!known.has(nodeId)) this.#brokers.delete(nodeId);
    for (const { nodeId, host, port } of brokers) this.#know(nodeId, { host, port });
    this.#controllerId = controllerId;
    for (const { name, errorCode, partitions } of topics) {
      if (errorCode === noRight) throw new ProtocolError("TOPIC_AUTHORIZATION_FAILED", false, String(name));
      if (errorCode !== 0) continue;
      this.#topics.set(
        name,
        partitions.map(({ partitionIndex, leaderId }) => ({ partitionId: partitionIndex, leader: leaderId })),
      );
    }
  }

  /** Of the first broker that answers. Errors of single topics and partitions are in the answer. */
  async #metadata(topics: string[]): Promise<Metadata> {
    let failure: unknown = new ConnectionLost("no broker is known");
    for (const address of [...[...this.#brokers.values()].map((broker) => broker.address), ...this.#bootstrap]) {
      try {
        return await this.#connections.call(address, metadataV9.api, [topics, false]);
      } catch (error) {
        const answer = answerOf<Metadata>(error);
        if (answer !== undefined) return answer;
        failure = error;
      }
    }
    throw failure;
  }

  #know(nodeId: number, address: Address): PlatformaticBroker {
    const known = this.#brokers.get(nodeId);
    if (known?.address.host === address.host && known.address.port === address.port) return known;
    const broker = new PlatformaticBroker(nodeId, address, this.#connections);
    this.#brokers.set(nodeId, broker);
    return broker;
  }

  getNodeIds(): readonly string[] {
    return [...this.#brokers.keys()].map(String);
  }

  findTopicPartitionMetadata(topic: string): readonly Partition[] {
    return this.#topics.get(topic) ?? [];
  }

  findBroker({ nodeId }: { nodeId: string | number }): Promise<PlatformaticBroker> {
    const broker = this.#brokers.get(Number(nodeId));
    if (broker !== undefined) return Promise.resolve(broker);
    return Promise.reject(new ConnectionLost(`broker ${nodeId} is not among those that are known`));
  }

  findControllerBroker(): Promise<PlatformaticBroker> {
    return this.findBroker({ nodeId: this.#controllerId });
  }

  async findGroupCoordinator(options: { groupId: string; coordinatorType?: 0 | 1 }): Promise<PlatformaticBroker> {
    const { groupId, coordinatorType = 0 } = options;
    let failure: unknown = new ConnectionLost("no broker is known");
    for (const { address } of [...this.#brokers.values()]) {
      try {
        const answer = await this.#connections.call(address, findCoordinatorV3.api, [coordinatorType, [groupId]]);
        const { nodeId, host, port } = answer.coordinators[0]!;
        return this.#know(nodeId, { host, port });
      } catch (error) {
        if (!(error instanceof ConnectionLost)) throw error;
        failure = error;
      }
    }
    throw failure;
  }
}
