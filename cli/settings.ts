import { readFileSync, existsSync } from "node:fs";
import { resolve } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { syncModes, type SyncMode, withoutSecrets } from "../streams/index.ts";
import type { StateEngineName } from "../loop/index.ts";
import { checkBroker, checkRegistry } from "./addresses.ts";
import { parseWhole } from "./numbers.ts";

const replyPrefix = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,199}$/;
const replyPrefixHelp = "write letters, digits, dots, dashes or underscores, a letter or digit first";

const shape = z.strictObject({
  brokers: z.union([z.string(), z.array(z.string())]).optional(),
  registry: z.string().optional(),
  dir: z.string().optional(),
  partitions: z.number().int().positive().optional(),
  id: z.string().optional(),
  salt: z.string().optional(),
  commitIntervalMs: z.number().nonnegative().optional(),
  delivery: z.enum(["exactlyOnce", "atLeastOnce"]).optional(),
  kafka: z
    .strictObject({
      client: z.enum(["kafkajs", "platformatic"]).optional(),
      instanceId: z.string().min(1).optional(),
      sessionTimeoutMs: z.number().int().min(1_000).optional(),
    })
    .optional(),
  replies: z.strictObject({ prefix: z.string().regex(replyPrefix, replyPrefixHelp).optional() }).optional(),
  standbyReplicas: z.number().int().nonnegative().optional(),
  sync: z.enum(syncModes).optional(),
  state: z
    .strictObject({
      engine: z.enum(["leveldb", "rocksdb"]).optional(),
      memoryMiB: z.number().positive().optional(),
    })
    .optional(),
});

/** Where everything is. Flags come first, then environment, then loopstream.yaml, then the defaults. */
export interface Settings {
  /** Empty: the embedded backbone in `dir`. */
  readonly brokers: readonly string[];
  /** Of a Confluent-compatible registry; needed with brokers. */
  readonly registry: string | undefined;
  readonly dir: string;
  readonly partitions: number;
  /** Consumer group and name of the changelogs. */
  readonly id: string;
  readonly salt: string;
  /** On Kafka; the embedded backbone commits after every pass. */
  readonly commitIntervalMs: number;
  /** On Kafka; the embedded backbone is always exact. */
  readonly delivery: "exactlyOnce" | "atLeastOnce";
  /** Whose connections the Kafka backbone uses. */
  readonly kafkaClient: "kafkajs" | "platformatic";
  /** This process's own name in its group: away for less than the session, it comes back to the same partitions and nothing moves. */
  readonly instanceId: string | undefined;
  /** Absent: the client's default. */
  readonly sessionTimeoutMs: number | undefined;
  /** Replies may also go to topics whose names begin with it. Absent: `decision-replies-`. */
  readonly replyPrefix: string | undefined;
  /** On how many other processes the state of each task is kept for a quick take-over. */
  readonly standbyReplicas: number;
  /** What keeps local state; rocksdb needs the package rocksdb-native. */
  readonly stateEngine: StateEngineName;
  /** When what the embedded log has acknowledged is on the disk. */
  readonly sync: SyncMode;
  /** Of LevelDB's caches and write buffers, all tasks together. Absent: 64. */
  readonly stateMemoryMiB: number | undefined;
}

export interface SettingsFlags {
  readonly config?: string;
  readonly brokers?: string;
  readonly registry?: string;
  readonly dir?: string;
  readonly partitions?: string;
  readonly stateEngine?: string;
  readonly sync?: string;
  readonly instanceId?: string;
}

/** Exactly once, readers see nothing before the commit; at least once, a crash does again what was done since the last one. */
const commitIntervalsMs = Object.freeze({ exactlyOnce: 5, atLeastOnce: 1_000 });

const defaults = Object.freeze({
  dir: ".loopstream",
  partitions: 4,
  id: "loopstream",
  salt: "loopstream",
  delivery: "exactlyOnce" as const,
  kafkaClient: "platformatic" as const,
  standbyReplicas: 0,
  stateEngine: "leveldb" as const,
  sync: "none" as const,
});

/** Throws, naming the file and field, for settings that don't hold together. */
export function readSettings(flags: SettingsFlags, environment: NodeJS.ProcessEnv = process.env): Settings {
  const file = readFile(flags.config);
  const partitions =
    flags.partitions === undefined
      ? file.partitions
      : parseWhole(flags.partitions, "--partitions", { min: 1, max: Number.MAX_SAFE_INTEGER });
  const engine = flags.stateEngine ?? file.state?.engine ?? defaults.stateEngine;
  if (engine !== "leveldb" && engine !== "rocksdb") {
    throw new Error(`--state-engine ${engine}: write leveldb or rocksdb`);
  }
  const sync = flags.sync ?? file.sync ?? defaults.sync;
  if (!isSyncMode(sync)) throw new Error(`--sync ${sync}: write ${syncModes.join(", ")}`);
  const brokers = flags.brokers ?? environment["KAFKA_BROKERS"] ?? file.brokers ?? [];
  const registry = flags.registry ?? environment["SCHEMA_REGISTRY"] ?? file.registry;
  const list = (typeof brokers === "string" ? brokers.split(",") : brokers).map((broker) => broker.trim());
  if (list.length > 0 && registry === undefined) {
    throw new Error("brokers are given and no schema registry: add --registry URL or registry: in loopstream.yaml");
  }
  const where =
    flags.brokers !== undefined
      ? "--brokers"
      : environment["KAFKA_BROKERS"] !== undefined
        ? "KAFKA_BROKERS"
        : "brokers:";
  for (const broker of list) checkBroker(broker, where);
  if (registry !== undefined) checkRegistry(registry, flags.registry === undefined ? "the registry" : "--registry");
  const instanceId = flags.instanceId ?? file.kafka?.instanceId;
  const kafkaClient = file.kafka?.client ?? defaults.kafkaClient;
  if (instanceId !== undefined && kafkaClient !== "platformatic") {
    throw new Error("an instance id needs kafka.client: platformatic in loopstream.yaml; kafkajs can't carry it");
  }
  const delivery = file.delivery ?? defaults.delivery;
  return Object.freeze({
    ...defaults,
    delivery,
    commitIntervalMs: file.commitIntervalMs ?? commitIntervalsMs[delivery],
    instanceId,
    replyPrefix: file.replies?.prefix,
    kafkaClient,
    sessionTimeoutMs: file.kafka?.sessionTimeoutMs,
    ...(file.standbyReplicas === undefined ? {} : { standbyReplicas: file.standbyReplicas }),
    ...(file.id === undefined ? {} : { id: file.id }),
    ...(file.salt === undefined ? {} : { salt: file.salt }),
    brokers: list,
    registry,
    dir: resolve(flags.dir ?? file.dir ?? defaults.dir),
    partitions: partitions ?? defaults.partitions,
    stateEngine: engine,
    sync,
    stateMemoryMiB: file.state?.memoryMiB,
  });
}

function readFile(path: string | undefined): z.infer<typeof shape> {
  const name = path ?? "loopstream.yaml";
  if (!existsSync(name)) {
    if (path === undefined) return {};
    throw new Error(`${path}: there is no such file`);
  }
  const result = shape.safeParse(parsed(name, readFileSync(name, "utf8")) ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    (issue) => `${name}: ${issue.path.join(".") || "settings"}: ${issue.message}`,
  );
  throw new Error(withoutSecrets(problems.join("\n")));
}

/** A problem is told by its place and kind: what the library says of it shows the line, in which a password may be. */
function parsed(name: string, text: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [problem] = document.errors;
  if (problem === undefined) return document.toJS() as unknown;
  const { line, col } = lines.linePos(problem.pos[0]);
  throw new Error(`${name}: line ${line}, column ${col}: this is no YAML (${problem.code})`);
}

const isSyncMode = (text: string): text is SyncMode => (syncModes as readonly string[]).includes(text);
