import {
  createConfluentRegistry,
  createKafkaBackbone,
  createPlatformaticBackbone,
  openShared,
  prefixed,
  type Backbone,
  type Log,
  type LogMemory,
  type Outages,
  type SchemaRegistry,
} from "../streams/index.ts";
import { securityOf } from "./settings/security/security.ts";
import type { Settings } from "./settings/settings.ts";

export interface Connection {
  readonly backbone: Backbone;
  readonly registry: SchemaRegistry;
  readonly subjectPrefix: string;
  /**
   * Another process has the embedded backbone open and serves this one. It also runs the loop, if it is a process that
   * does.
   */
  readonly shared: boolean;
  /** Aborted as soon as that process has gone: connect again then. */
  readonly gone: AbortSignal;
  close(): Promise<void>;
}

export interface ConnectOptions {
  /** Prefix of every topic, group and subject on Kafka. */
  readonly prefix?: string;
  /** Hears of everything that is waited for. */
  readonly outages: Outages;
  /** Hears of lost data on the disk. */
  readonly log: Log;
  /** Memory of the embedded log, if this process opens it. */
  readonly memory?: LogMemory;
}

/** Opens the backbone and the registry of the settings. */
export async function connect(settings: Settings, options: ConnectOptions): Promise<Connection> {
  const { prefix = "", outages, log, memory = {} } = options;
  if (settings.brokers.length === 0) {
    const { dir, sync } = settings;
    return { ...(await openShared(dir, outages, { sync, log, memory })), subjectPrefix: "" };
  }
  const open = settings.kafkaClient === "platformatic" ? createPlatformaticBackbone : createKafkaBackbone;
  const { brokers, instanceId, sessionTimeoutMs, replicationFactor, minInsyncReplicas } = settings;
  // Files are read again: a certificate or a token may have been renewed.
  const security = securityOf(settings.security, settings.registry);
  const kafka = await open({
    brokers,
    outages,
    ...security.kafka,
    ...(replicationFactor === undefined ? {} : { replicationFactor }),
    ...(minInsyncReplicas === undefined ? {} : { minInsyncReplicas }),
    ...(instanceId === undefined ? {} : { groupInstanceId: instanceId }),
    ...(sessionTimeoutMs === undefined ? {} : { sessionTimeoutMs }),
  });
  const registry = createConfluentRegistry({ url: settings.registry!, outages, ...security.registry });
  return {
    backbone: prefix === "" ? kafka : prefixed(kafka, prefix),
    registry,
    subjectPrefix: prefix,
    shared: false,
    gone: new AbortController().signal,
    async close() {
      await kafka.close();
      await registry.close();
    },
  };
}
