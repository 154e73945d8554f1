import type { TopicRetention, TopicSpec } from "../../../backbone/backbone.ts";
import { streamsError } from "../cluster/kafka-errors.ts";
import type { KafkaSettings } from "../cluster/options.ts";
import { retrying } from "../cluster/retrying.ts";
import { changeTopicConfigs, describeTopicConfigs, retentionConfigs, retentionIn } from "./topic-configs.ts";
import type { Broker, Cluster } from "../cluster/wire.ts";

const timestampType = "message.timestamp.type";
const maxMessageBytes = "max.message.bytes";
const onArrival = new Map([[timestampType, "LogAppendTime"]]);

/** Reads and changes the brokers' settings of existing topics. */
export class TopicSettings {
  readonly #cluster: Cluster;
  readonly #settings: KafkaSettings;

  constructor(cluster: Cluster, settings: KafkaSettings) {
    this.#cluster = cluster;
    this.#settings = settings;
  }

  async retention(topics: readonly string[]): Promise<readonly TopicRetention[]> {
    if (topics.length === 0) return [];
    return this.#ask(`retention of ${topics.join(", ")}`, async (broker) => {
      const configs = await describeTopicConfigs(broker, topics, ["cleanup.policy", "retention.ms"]);
      return topics.map((topic) => ({ topic, retentionMs: retentionIn(configs.get(topic) ?? new Map()) }));
    });
  }

  async retain(topics: readonly TopicRetention[]): Promise<void> {
    if (topics.length === 0) return;
    const names = topics.map(({ topic }) => topic);
    await this.#ask(`change the retention of ${names.join(", ")}`, async (broker) => {
      const there = await describeTopicConfigs(broker, names, ["cleanup.policy"]);
      const changes = topics.map(
        ({ topic, retentionMs }) =>
          [topic, retentionConfigs(retentionMs, there.get(topic)?.get("cleanup.policy") ?? "delete")] as const,
      );
      await changeTopicConfigs(broker, new Map(changes));
    });
  }

  /** Of each topic, the largest batch it takes, in bytes. */
  async maxMessageBytes(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (topics.length === 0) return new Map();
    return this.#ask(`largest records of ${topics.join(", ")}`, async (broker) => {
      const configs = await describeTopicConfigs(broker, topics, [maxMessageBytes]);
      return new Map([...configs].map(([topic, found]) => [topic, Number(found.get(maxMessageBytes))]));
    });
  }

  /** From now on the timestamps of their records are those of arrival. */
  async stampOnArrival(topics: readonly string[]): Promise<void> {
    await this.#ask(`change the timestamps of ${topics.join(", ")}`, async (broker) => {
      const configs = await describeTopicConfigs(broker, topics, [timestampType]);
      const others = topics.filter((topic) => configs.get(topic)?.get(timestampType) !== onArrival.get(timestampType));
      if (others.length > 0) await changeTopicConfigs(broker, new Map(others.map((topic) => [topic, onArrival])));
    });
  }

  async #ask<T>(doing: string, ask: (controller: Broker) => Promise<T>): Promise<T> {
    try {
      return await retrying(
        this.#settings,
        "kafka topics",
        async () => ask(await this.#cluster.findControllerBroker()),
        () => this.#cluster.refreshMetadata(),
      );
    } catch (error) {
      throw streamsError(error, doing);
    }
  }
}

/** Event times may lie in the future of the broker's clock: replays and tests move time by hand. */
export function topicConfig(
  spec: TopicSpec,
  { futureTimes, minInsyncReplicas }: { readonly futureTimes: boolean; readonly minInsyncReplicas: number },
): { name: string; value: string }[] {
  const retention = retentionConfigs(spec.retentionMs ?? null, spec.cleanup);
  return [
    ...[...retention].map(([name, value]) => ({ name, value })),
    { name: timestampType, value: spec.timestamps === "arrival" ? "LogAppendTime" : "CreateTime" },
    ...(minInsyncReplicas > 0 ? [{ name: "min.insync.replicas", value: String(minInsyncReplicas) }] : []),
    ...(futureTimes ? [{ name: "message.timestamp.after.max.ms", value: "9223372036854775807" }] : []),
  ];
}
