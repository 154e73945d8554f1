import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Kafka, logLevel } from "kafkajs";
import { artifacts } from "./artifacts.ts";
import { freePorts } from "./ports.ts";
import { startProcess } from "./server-process.ts";

export interface KafkaServer {
  /** `host:port`, the same after a restart. */
  readonly brokers: string;
  /** As a crash: no clean-up, no goodbye. */
  kill(): Promise<void>;
  /** Starts it on the same data and port, ending it first where it still runs. */
  restart(): Promise<void>;
  /** Ends it and, when it made its folder itself, deletes its data. */
  stop(): Promise<void>;
}

/** A real Apache Kafka, one node in KRaft mode on the loopback, in a folder of its own. */
export async function startKafka(options: { readonly dir?: string } = {}): Promise<KafkaServer> {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), "loopstream-kafka-"));
  const [port, controllerPort] = (await freePorts(2)) as [number, number];
  const node = await startNode(dir, { id: 1, port, controllerPorts: [controllerPort] });
  return {
    ...node,
    async stop() {
      await node.stop();
      if (options.dir === undefined) rmSync(dir, { recursive: true, force: true });
    },
  };
}

export interface KafkaCluster {
  /** All of them, comma-separated. */
  readonly brokers: string;
  readonly nodes: readonly KafkaServer[];
  /** Ends all and deletes their data. */
  stop(): Promise<void>;
}

/** Several nodes, each broker and controller. Every topic is on three of them, and a write is on two when it is answered. */
export async function startKafkaCluster(size: number): Promise<KafkaCluster> {
  const dir = mkdtempSync(join(tmpdir(), "loopstream-kafka-"));
  const ports = await freePorts(2 * size);
  const controllerPorts = ports.slice(size);
  const nodes = await Promise.all(
    ports
      .slice(0, size)
      .map((port, index) => startNode(join(dir, `node-${index + 1}`), { id: index + 1, port, controllerPorts })),
  );
  return {
    brokers: nodes.map((node) => node.brokers).join(","),
    nodes,
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()));
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

interface Node {
  readonly id: number;
  readonly port: number;
  /** Of all nodes, in the order of their ids. */
  readonly controllerPorts: readonly number[];
}

export interface NodeOptions {
  /** Settings of the broker beside the usual ones, or instead of them. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Arguments for the formatting of its storage. */
  readonly format?: readonly string[];
}

/** A broker of a test lives for minutes: its optimizing compiler would take half of the processor's time. Benchmarks have it. */
const compiler = process.env["VITEST"] === undefined ? [] : ["-XX:TieredStopAtLevel=1"];

/** One node with its data in `dir`. It has a plain listener. */
export async function startNode(dir: string, node: Node, options: NodeOptions = {}): Promise<KafkaServer> {
  const classpath = `${(await artifacts()).kafka}/*`;
  mkdirSync(dir, { recursive: true });
  const brokers = `127.0.0.1:${node.port}`;
  const config = join(dir, "server.properties");
  writeFileSync(config, properties(dir, node, options.properties));

  const alone = node.controllerPorts.length === 1 ? ["--standalone"] : [];
  const format = [
    "kafka.tools.StorageTool",
    "format",
    ...alone,
    "-t",
    "4L6g3nShT-eMCtK--X86sw",
    "-c",
    config,
    ...(options.format ?? []),
  ];
  await promisify(execFile)("java", ["-XX:TieredStopAtLevel=1", "-Xmx128m", "-cp", classpath, ...format]);
  const java = [...compiler, "-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-cp", classpath, "kafka.Kafka", config];
  const start = (): ReturnType<typeof startProcess> =>
    startProcess("java", java, { log: join(dir, "server.log"), answers: () => answers(brokers) });

  let server = await start();
  return {
    brokers,
    kill: () => server.end("SIGKILL"),
    async restart() {
      await server.end("SIGTERM");
      server = await start();
    },
    stop: () => server.end("SIGTERM"),
  };
}

async function answers(brokers: string): Promise<void> {
  const retry = { retries: 0 };
  const admin = new Kafka({ brokers: [brokers], retry, logLevel: logLevel.NOTHING, requestTimeout: 2_000 }).admin();
  try {
    await admin.connect();
    const cluster = await admin.describeCluster();
    if (cluster.brokers.length === 0) throw new Error("no broker has registered yet");
  } finally {
    await admin.disconnect();
  }
}

function properties(
  dir: string,
  { id, port, controllerPorts }: Node,
  more: Readonly<Record<string, string>> = {},
): string {
  const controllerPort = controllerPorts[id - 1]!;
  const addresses = controllerPorts.map((at) => `127.0.0.1:${at}`);
  const copies = Math.min(3, addresses.length);
  const alone = copies === 1;
  const settings = {
    "process.roles": "broker,controller",
    "node.id": id,
    ...(alone
      ? { "controller.quorum.bootstrap.servers": addresses[0] }
      : { "controller.quorum.voters": addresses.map((address, index) => `${index + 1}@${address}`).join(",") }),
    "default.replication.factor": copies,
    "min.insync.replicas": alone ? 1 : 2,
    "controller.listener.names": "CONTROLLER",
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    "log.dirs": join(dir, "data"),
    "auto.create.topics.enable": false,
    // A broker that was killed is let in again only when its old session has ended.
    "broker.session.timeout.ms": 1_500,
    "broker.heartbeat.interval.ms": 400,
    "offsets.topic.replication.factor": copies,
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.replication.factor": copies,
    "transaction.state.log.min.isr": alone ? 1 : 2,
    "transaction.state.log.num.partitions": 4,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "group.initial.rebalance.delay.ms": 0,
    "group.min.session.timeout.ms": 500,
    "log.cleaner.backoff.ms": 300,
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": 1_000,
    ...more,
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}
