import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import { Kafka, logLevel, type ISocketFactory } from "kafkajs";
import { isIP } from "node:net";
import type { KafkaSettings } from "./options.ts";
import { streamsError } from "./kafka-errors.ts";
import { retrying } from "./retrying.ts";
import type { Cluster } from "./wire.ts";

/** Every answer is awaited somewhere, so packets must not wait for more to come (Nagle's algorithm). */
const socketFactory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const socket = ssl
    ? connectTls({ host, port, ...servername, ...ssl }, onConnect)
    : connectTcp({ host, port }, onConnect);
  socket.setKeepAlive(true, 60_000);
  socket.setNoDelay(true);
  return socket;
};

/** Retries are ours: kafkajs' own only bridge a moment, so that `deliveryTimeoutMs` holds. */
export function kafkaClient(settings: KafkaSettings): Kafka {
  silenceNegativeTimeouts();
  return new Kafka({
    brokers: [...settings.brokers],
    clientId: settings.clientId,
    ssl: settings.ssl,
    ...(settings.sasl === undefined ? {} : { sasl: settings.sasl }),
    connectionTimeout: 3_000,
    requestTimeout: settings.deliveryTimeoutMs,
    retry: { retries: 3, initialRetryTime: 20, maxRetryTime: 250 },
    logLevel: logLevel.NOTHING,
    socketFactory,
  });
}

/** Connections of their own, one pair a broker, so that one reader's waiting fetch or join holds up nobody else. */
export async function openCluster(kafka: Kafka, settings: KafkaSettings): Promise<Cluster> {
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
  const opened = cluster!;
  try {
    await retrying(settings.deliveryTimeoutMs, async () => {
      await opened.connect();
      await opened.addMultipleTargetTopics([]);
    });
  } catch (error) {
    await opened.disconnect().catch(() => undefined);
    throw streamsError(error, `connect to ${settings.brokers.join(", ")}`);
  }
  return opened;
}

function never(): never {
  throw new Error("the consumer exists only for its cluster");
}

let silenced = false;

/** kafkajs sets a timer to a negative time now and then, which Node 24 warns about once a process; it means "at once". */
function silenceNegativeTimeouts(): void {
  if (silenced) return;
  silenced = true;
  const emit = process.emitWarning.bind(process) as (...args: unknown[]) => void;
  process.emitWarning = ((...args: unknown[]) => {
    const ours = args[1] === "TimeoutNegativeWarning" && new Error().stack?.includes("kafkajs");
    if (!ours) emit(...args);
  }) as typeof process.emitWarning;
}
