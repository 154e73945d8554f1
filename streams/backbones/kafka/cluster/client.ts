import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { Kafka, logLevel, type ISocketFactory } from "kafkajs";
import { bearerLogin } from "./bearer-login.ts";
import { mendConnections } from "./connections.ts";
import { ConnectionLost, streamsError } from "./kafka-errors.ts";
import { shownAddress } from "../../../secrets.ts";
import type { KafkaSettings } from "./options.ts";
import { explained } from "./probe.ts";
import { refusalIn } from "./refusals.ts";
import { retrying } from "./retrying.ts";
import type { Cluster } from "./wire.ts";
import { within } from "../../../pause.ts";
import { brokenPromise } from "../../../errors.ts";

/** How long a goodbye may take: after it sockets are cut, so that nothing keeps the process alive. */
const goodbyeMs = 2_000;

/** Every answer is awaited somewhere, so packets must not wait for more to come (Nagle's algorithm). */
function socketsIn(open: Set<Socket>): ISocketFactory {
  return ({ host, port, ssl, onConnect }) => {
    const servername = isIP(host) === 0 ? { servername: host } : {};
    const socket = ssl
      ? connectTls({ host, port, ...servername, ...ssl }, onConnect)
      : connectTcp({ host, port }, onConnect);
    socket.setKeepAlive(true, 60_000);
    socket.setNoDelay(true);
    // kafkajs takes leave of a socket that never connected again and again.
    socket.setMaxListeners(0);
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    return socket;
  };
}

/** Retries are ours: kafkajs' own only bridge a moment, so that `deliveryTimeoutMs` holds. */
export function kafkaClient(settings: KafkaSettings, sockets = new Set<Socket>()): Kafka {
  silenceNegativeTimeouts();
  const { sasl } = settings;
  return new Kafka({
    brokers: [...settings.brokers],
    clientId: settings.clientId,
    ssl: settings.ssl,
    ...(sasl === undefined ? {} : { sasl: sasl.mechanism === "oauthbearer" ? bearerLogin(sasl) : sasl }),
    connectionTimeout: 3_000,
    requestTimeout: settings.deliveryTimeoutMs,
    retry: { retries: 3, initialRetryTime: 20, maxRetryTime: 250 },
    logLevel: logLevel.NOTHING,
    socketFactory: socketsIn(sockets),
  });
}

/** Connections of their own, one pair a broker, so that one reader's waiting fetch or join holds up nobody else. */
export async function openCluster(settings: KafkaSettings): Promise<Cluster> {
  const sockets = new Set<Socket>();
  const cluster = clusterOf(kafkaClient(settings, sockets));
  mendConnections(cluster, settings);
  const findCoordinator = cluster.findGroupCoordinator.bind(cluster);
  cluster.findGroupCoordinator = (options) =>
    findCoordinator(options).catch(async (error: unknown) => {
      throw (await coordinatorRefusal(cluster, options)) ?? error;
    });
  const disconnect = cluster.disconnect.bind(cluster);
  cluster.disconnect = async () => {
    await within(
      goodbyeMs,
      disconnect().catch(() => undefined),
      () => undefined,
    );
    for (const socket of sockets) socket.destroy(new ConnectionLost("closed"));
  };
  try {
    const connect = explained(settings, async () => {
      await cluster.connect();
      await cluster.addMultipleTargetTopics([]);
    });
    await retrying(settings, "kafka connection", connect);
    return cluster;
  } catch (error) {
    await cluster.disconnect();
    throw streamsError(error, `connect to ${settings.brokers.map(shownAddress).join(", ")}`);
  }
}

type Coordinator = Parameters<Cluster["findGroupCoordinator"]>[0];

/** The refusal behind a coordinator that was not found: kafkajs drops it. */
async function coordinatorRefusal(cluster: Cluster, options: Coordinator): Promise<unknown> {
  const [nodeId] = cluster.getNodeIds();
  if (nodeId === undefined) return undefined;
  try {
    const broker = (await cluster.findBroker({ nodeId })) as unknown as {
      findGroupCoordinator(of: Coordinator): unknown;
    };
    await broker.findGroupCoordinator(options);
    return undefined;
  } catch (error) {
    return refusalIn(error) === undefined ? undefined : error;
  }
}

/** kafkajs hands its cluster to partition assigners, which are made with the consumer, before it connects. */
function clusterOf(kafka: Kafka): Cluster {
  let cluster: Cluster | undefined;
  kafka.consumer({
    groupId: "unused",
    allowAutoTopicCreation: false,
    partitionAssigners: [
      (context) => {
        cluster = context.cluster as unknown as Cluster;
        return { name: "unused", version: 0, assign: () => Promise.resolve([]), protocol: never };
      },
    ],
  });
  return cluster!;
}

function never(): never {
  throw brokenPromise("the consumer exists only for its cluster");
}

let silenced = false;

/** kafkajs sets a timer to a negative time now and then, which Node 24 warns about once a process; it means "at once". */
function silenceNegativeTimeouts(): void {
  if (silenced) return;
  silenced = true;
  const emit = process.emitWarning.bind(process) as (...args: unknown[]) => void;
  process.emitWarning = ((...args: unknown[]) => {
    const at: { stack?: string } = {};
    Error.captureStackTrace(at);
    const ours = args[1] === "TimeoutNegativeWarning" && at.stack?.includes("kafkajs");
    if (!ours) emit(...args);
  }) as typeof process.emitWarning;
}
