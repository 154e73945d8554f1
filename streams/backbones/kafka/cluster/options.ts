import type { SASLOptions } from "kafkajs";
import type { ConnectionOptions } from "node:tls";
import { StreamsError } from "../../../errors.ts";
import { Outages } from "../../../outage.ts";
import { keepCredentials, keepSecret, shownAddress } from "../../../secrets.ts";

export interface KafkaBackboneOptions {
  /** `host:port` of some brokers of the cluster; the others are found through them. Also as one comma-separated string. */
  readonly brokers: readonly string[] | string;
  readonly clientId?: string;
  /** Of topics that `ensureTopics` creates. -1: the broker's `default.replication.factor`. */
  readonly replicationFactor?: number;
  /** Of topics that `ensureTopics` creates: copies that must have a write before it is answered. -1: the broker's own. */
  readonly minInsyncReplicas?: number;
  readonly ssl?: boolean | ConnectionOptions;
  readonly sasl?: SASLOptions;
  /**
   * Makes this process a static member of its groups under this name, which no other process may have: it comes back to the same partitions, and
   * nothing moves, if it is away for less than its session. Only with the platformatic client.
   */
  readonly groupInstanceId?: string;
  /** A group member that is not heard of for so long loses its partitions. */
  readonly sessionTimeoutMs?: number;
  readonly heartbeatIntervalMs?: number;
  /** How long a group waits in a rebalance for a member that does not poll. */
  readonly rebalanceTimeoutMs?: number;
  /** A transaction that is open for longer is aborted by the broker and its producer fenced. */
  readonly transactionTimeoutMs?: number;
  /** How long a call goes on trying while brokers can't be reached, before it rejects with `BACKBONE_UNAVAILABLE`. */
  readonly deliveryTimeoutMs?: number;
  /** How long the broker holds a fetch open when there is nothing new. New records end it at once. */
  readonly fetchWaitMs?: number;
  /** Fetched bytes that a reader keeps ahead of `poll`, over all its partitions. */
  readonly fetchBufferBytes?: number;
  /** Hears of work that is tried again because brokers can't be reached. Default: nobody is told. */
  readonly outages?: Outages;
}

/** Options without a default. */
type Own = "brokers" | "sasl" | "groupInstanceId" | "outages";

export const kafkaDefaults: Required<Omit<KafkaBackboneOptions, Own>> = Object.freeze({
  clientId: "loopstream",
  replicationFactor: -1,
  minInsyncReplicas: -1,
  ssl: false,
  sessionTimeoutMs: 10_000,
  heartbeatIntervalMs: 1_000,
  rebalanceTimeoutMs: 60_000,
  transactionTimeoutMs: 10_000,
  deliveryTimeoutMs: 30_000,
  fetchWaitMs: 100,
  fetchBufferBytes: 4 << 20,
});

export interface KafkaSettings extends Required<Omit<KafkaBackboneOptions, Own>> {
  readonly brokers: readonly string[];
  readonly groupInstanceId: string | undefined;
  readonly sasl: SASLOptions | undefined;
  readonly outages: Outages;
  /** Aborted when the backbone is closed. */
  readonly closing: AbortSignal;
  readonly close: () => void;
}

/**
 * How long one request may go without an answer, in milliseconds. It is a third of the time that a call has, so that a
 * connection that has fallen silent leaves time for another.
 */
export function answerMs({ deliveryTimeoutMs }: Pick<KafkaSettings, "deliveryTimeoutMs">): number {
  return Math.min(deliveryTimeoutMs, Math.max(1_000, Math.round(deliveryTimeoutMs / 3)));
}

/** The options with defaults, checked once and frozen. */
export function kafkaSettings(options: KafkaBackboneOptions): KafkaSettings {
  const listed = typeof options.brokers === "string" ? options.brokers.split(",") : options.brokers;
  const brokers = listed.map((broker) => broker.trim()).filter((broker) => broker !== "");
  const wrong = brokers.find((broker) => !/^[^:\s]+:\d+$/.test(broker));
  if (brokers.length === 0 || wrong !== undefined) {
    throw new StreamsError(
      "TOPOLOGY_INVALID",
      `brokers: expected host:port, got ${JSON.stringify(wrong === undefined ? listed : shownAddress(wrong))}`,
    );
  }
  const { sasl, groupInstanceId } = options;
  if (sasl !== undefined) keepSaslSecrets(sasl);
  const sessionTimeoutMs = options.sessionTimeoutMs ?? kafkaDefaults.sessionTimeoutMs;
  const heartbeatIntervalMs = Math.min(kafkaDefaults.heartbeatIntervalMs, Math.floor(sessionTimeoutMs / 3));
  const closed = new AbortController();
  const life = { closing: closed.signal, close: () => closed.abort() };
  const own = { brokers: Object.freeze(brokers), sasl, groupInstanceId, outages: options.outages ?? new Outages() };
  const settings = { ...kafkaDefaults, heartbeatIntervalMs, ...options, ...own, ...life };
  if (settings.heartbeatIntervalMs * 2 > settings.sessionTimeoutMs) {
    throw new StreamsError(
      "TOPOLOGY_INVALID",
      `heartbeatIntervalMs (${settings.heartbeatIntervalMs}) must be at most half of sessionTimeoutMs (${settings.sessionTimeoutMs})`,
    );
  }
  return Object.freeze(settings);
}

function keepSaslSecrets(sasl: SASLOptions): void {
  if ("password" in sasl) keepCredentials(sasl);
  if ("secretAccessKey" in sasl) keepSecret(sasl.secretAccessKey, sasl.sessionToken ?? "");
}
