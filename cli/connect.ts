import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { startLoop, openTools, type Loop, type LoopOptions } from "../loop/index.ts";
import {
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
import { exitCodes } from "./exit-codes.ts";
import { createLog, outagesOnStderr } from "./log.ts";
import type { Settings } from "./settings.ts";
import { nothingNeeded, tellUnreadable, type Needed } from "./unreadable.ts";

export const codeVersion = (createRequire(import.meta.url)("../package.json") as { version: string }).version;

/** The project's folder: examples lie there. */
export const root = join(import.meta.dirname, "..");

export interface Connection {
  readonly backbone: Backbone;
  readonly registry: SchemaRegistry;
  readonly subjectPrefix: string;
  /** The embedded backbone is open in another process, which serves this one, and runs the loop if it is one that does. */
  readonly shared: boolean;
  close(): Promise<void>;
}

/**
 * @param prefix before every topic, group and subject.
 * @param outages told of what is waited for.
 * @param log told of what the disk has lost.
 * @param memory of the embedded log, where this process opens it.
 */
export async function connect(
  settings: Settings,
  prefix = "",
  outages: Outages = outagesOnStderr(),
  log: Log = createLog(false),
  memory: LogMemory = {},
): Promise<Connection> {
  if (settings.brokers.length === 0) {
    const { dir, sync } = settings;
    return { ...(await openShared(dir, outages, { sync, log, memory })), subjectPrefix: "" };
  }
  const open = settings.kafkaClient === "platformatic" ? createPlatformaticBackbone : createKafkaBackbone;
  const { brokers, instanceId, sessionTimeoutMs } = settings;
  const kafka = await open({
    brokers,
    outages,
    ...(instanceId === undefined ? {} : { groupInstanceId: instanceId }),
    ...(sessionTimeoutMs === undefined ? {} : { sessionTimeoutMs }),
  });
  const registry = createConfluentRegistry({ url: settings.registry!, outages });
  return {
    backbone: prefix === "" ? kafka : prefixed(kafka, prefix),
    registry,
    subjectPrefix: prefix,
    shared: false,
    async close() {
      await kafka.close();
      await registry.close();
    },
  };
}

/** For who reads topics from one end to the other, and once: no table is needed again. */
const readingMemory: LogMemory = Object.freeze({ openFiles: 64 });

/** For history, which is written as fast as it goes: what LevelDB sorts in larger parts it sorts less often. */
export const historyMemory: LogMemory = Object.freeze({ writeBufferBytes: 64 << 20 });
const HISTORY_STATE_MIB = 192;

/** With room for the state of history, where nothing is said. */
export const forHistory = (settings: Settings): Settings => ({
  ...settings,
  stateMemoryMiB: settings.stateMemoryMiB ?? HISTORY_STATE_MIB,
});

/** In bytes; nothing where the settings say nothing. */
export function stateMemoryOf({ stateMemoryMiB }: Settings): Pick<LoopOptions, "stateMemoryBytes"> {
  return stateMemoryMiB === undefined ? {} : { stateMemoryBytes: stateMemoryMiB * (1 << 20) };
}

export type LoopMode = "live" | "exact";

/**
 * `live` answers with what has been seen; `exact` waits for every input that is behind, so that history gives the same
 * result however it arrives.
 */
export function loopOptions(
  settings: Settings,
  connection: Connection,
  mode: LoopMode,
): Omit<LoopOptions, "onRestore" | "onFailure"> {
  const embedded = connection.backbone.kind === "embedded";
  return {
    id: settings.id,
    backbone: connection.backbone,
    registry: connection.registry,
    subjectPrefix: connection.subjectPrefix,
    stateDir: join(settings.dir, "state"),
    stateEngine: settings.stateEngine,
    ...stateMemoryOf(settings),
    ...(settings.replyPrefix === undefined ? {} : { replyPrefix: settings.replyPrefix }),
    partitions: settings.partitions,
    delivery: embedded ? "exactlyOnce" : settings.delivery,
    commitIntervalMs: embedded ? 0 : settings.commitIntervalMs,
    maxTaskIdleMs: mode === "exact" ? Number.POSITIVE_INFINITY : 0,
    standbyReplicas: settings.standbyReplicas,
    salt: settings.salt,
    codeVersion,
  };
}

/** Starts the loop in this process. Rejects where another process has the directory: it runs the loop, or will. */
export async function startLoopHere(connection: Connection, options: Parameters<typeof startLoop>[0]): Promise<Loop> {
  if (connection.shared) {
    throw new StreamsError(
      "BACKBONE_LOCKED",
      `${dirname(options.stateDir)} is open in another process: stop that one first, or use another --dir`,
    );
  }
  return startLoop(options);
}

/**
 * Runs something with the topics at hand and no operators running here. Records that can't be used are told on stderr.
 * @returns the work's exit code, or `partly` where it succeeded without a record that it needed.
 */
export async function withTools(
  settings: Settings,
  work: (tools: Awaited<ReturnType<typeof openTools>>) => Promise<number | void>,
  needed: Needed = nothingNeeded,
): Promise<number> {
  const connection = await connect(settings, undefined, undefined, undefined, readingMemory);
  try {
    const tools = await openTools(loopOptions(settings, connection, "live"));
    const unreadable = tellUnreadable(needed);
    tools.serdes.unreadable.listen(unreadable.tell);
    try {
      const code = (await work(tools)) ?? exitCodes.ok;
      return code === exitCodes.ok ? unreadable.end() : code;
    } finally {
      await tools.close();
    }
  } finally {
    await connection.close();
  }
}
