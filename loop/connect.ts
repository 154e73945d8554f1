import {
  connectLocally,
  createConfluentRegistry,
  createKafkaBackbone,
  createPlatformaticBackbone,
  openShared,
  prefixed,
  StreamsError,
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
  /** Another process must have the embedded log open. Default false: if none has, this one opens it. */
  readonly join?: boolean;
}

/**
 * Opens the backbone and the registry of the settings. With `join` it rejects with `BACKBONE_UNAVAILABLE` if no process
 * has the embedded log open.
 */
export async function connect(settings: Settings, options: ConnectOptions): Promise<Connection> {
  const { prefix = "", outages, log, memory = {} } = options;
  if (settings.brokers.length === 0) {
    const { dir, sync } = settings;
    if (options.join === true) return joined(dir);
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

async function joined(dir: string): Promise<Connection> {
  const backbone = await connectLocally(dir);
  if (backbone === undefined) {
    const message = `no process runs the loop in ${dir}: start it there (loopstream start --dir ${dir}), or check the path`;
    throw new StreamsError("BACKBONE_UNAVAILABLE", message);
  }
  const { registry, gone } = backbone;
  return { backbone, registry, subjectPrefix: "", shared: true, gone, close: () => backbone.close() };
}
