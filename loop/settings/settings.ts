import { resolve } from "node:path";
import type { HttpSettings } from "../../http/index.ts";
import { defaultSalt } from "../../schemas/index.ts";
import { syncModes, type Delivery, type SyncMode } from "../../streams/index.ts";
import type { StateEngineName } from "../state-engine.ts";
import { securityOf } from "./security/security.ts";
import type { SecurityOptions, SecuritySetting } from "./security/security-names.ts";
import { checkBroker, checkRegistry } from "./addresses.ts";
import { SettingsError } from "./settings-error.ts";

/** The places of everything, and the way the loop runs. */
export interface Settings {
  /** `host:port` of Kafka. Empty: the embedded backbone in `dir`. */
  readonly brokers: readonly string[];
  /** URL of a Confluent-compatible registry; needed with brokers. */
  readonly registry: string | undefined;
  /** Folder of the embedded backbone and of local state. */
  readonly dir: string;
  /** Number of partitions of new topics. */
  readonly partitions: number;
  /** On Kafka, of topics that are made new. Absent: the brokers' default. */
  readonly replicationFactor: number | undefined;
  /** On Kafka, of topics that are made new: copies that have a write before it is answered. Absent: the brokers' default. */
  readonly minInsyncReplicas: number | undefined;
  /** On Kafka: TLS, the login, and the login at the registry, by the names in `docs/kafka.md`. */
  readonly security: SecurityOptions;
  /** Consumer group and name of the changelogs. */
  readonly id: string;
  readonly salt: string;
  /** On Kafka, ms; the embedded backbone commits after every pass. */
  readonly commitIntervalMs: number;
  /** On Kafka; the embedded backbone is always exact. */
  readonly delivery: Delivery;
  /** The client library of the Kafka backbone. */
  readonly kafkaClient: "kafkajs" | "platformatic";
  /**
   * On Kafka: a name of this process alone in its group. If the process is away for less than the session, it comes
   * back to the same partitions and nothing moves.
   */
  readonly instanceId: string | undefined;
  /** On Kafka. Absent: the client's default. */
  readonly sessionTimeoutMs: number | undefined;
  /** Prefix of the names of other topics that replies may go to. Absent: `decision-replies-`. */
  readonly replyPrefix: string | undefined;
  /** Number of other processes that keep a copy of each task's state, for a quick take-over. */
  readonly standbyReplicas: number;
  /** The engine of local state; rocksdb needs the package rocksdb-native. */
  readonly stateEngine: StateEngineName;
  /** When acknowledged records of the embedded log are on the disk. */
  readonly sync: SyncMode;
  /** Memory of LevelDB's caches and write buffers, all tasks together, MiB. Absent: 64. */
  readonly stateMemoryMiB: number | undefined;
  /** Memory of event windows, approximately, MiB: past it the largest groups move to the disk. Absent: 1024. */
  readonly windowsMiB: number | undefined;
  /** Longest wait of a decision for windows that another instance has, ms. Absent: 100. */
  readonly lookupMs: number | undefined;
  /** The HTTP interface of a running loop. Absent: none. */
  readonly http: HttpSettings | undefined;
}

/** Settings of a program. A missing one has its default. */
export type SettingsOptions = { readonly [K in keyof Settings]?: Settings[K] | undefined };

/** Names of the settings in error texts, as their author knows them. */
export interface SettingNames {
  /** A flag, a variable or a key. Absent: its name in `Settings`. */
  readonly names: { readonly [K in keyof Settings]?: string };
  readonly addRegistry: string;
  readonly setKafkaClient: string;
  /** The name of a setting of security. Absent: itself. */
  readonly ofSecurity?: ((name: SecuritySetting) => string) | undefined;
}

const ofPrograms: SettingNames = {
  names: {},
  addRegistry: "add registry, the URL of one",
  setKafkaClient: 'kafkaClient: "platformatic"',
};

/**
 * Exactly once, readers see nothing before the commit. At least once, a crash repeats the work since the last commit.
 */
const commitIntervalsMs = Object.freeze({ exactlyOnce: 5, atLeastOnce: 1_000 });

export const settingDefaults = Object.freeze({
  dir: ".loopstream",
  partitions: 4,
  id: "loopstream",
  salt: defaultSalt,
  delivery: "exactlyOnce",
  kafkaClient: "platformatic",
  standbyReplicas: 0,
  stateEngine: "leveldb",
  sync: "none",
} as const);

const stateEngines: readonly StateEngineName[] = ["leveldb", "rocksdb"];
const deliveries: readonly Delivery[] = ["exactlyOnce", "atLeastOnce"];
const kafkaClients: readonly Settings["kafkaClient"][] = ["platformatic", "kafkajs"];

export const replyPrefixes = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,199}$/;
export const replyPrefixHelp = "write letters, digits, dots, dashes or underscores, a letter or digit first";

/**
 * Checks settings and adds the defaults. Throws a `SettingsError` that names the setting if settings contradict each
 * other.
 */
export function settingsOf(options: SettingsOptions, naming: SettingNames = ofPrograms): Settings {
  const settings = withDefaults(options);
  const named = (setting: keyof Settings): string => naming.names[setting] ?? setting;
  const refuse = (setting: keyof Settings, help: string): never => {
    throw new SettingsError(`${named(setting)} ${String(settings[setting])}: ${help}`);
  };
  const among = (setting: keyof Settings, known: readonly unknown[]): void => {
    if (!known.includes(settings[setting])) refuse(setting, `write ${orList(known)}`);
  };
  const {
    brokers,
    registry,
    partitions,
    standbyReplicas,
    commitIntervalMs,
    sessionTimeoutMs,
    stateMemoryMiB,
    windowsMiB,
    lookupMs,
  } = settings;
  if (!isWhole(partitions, 1)) refuse("partitions", "write a whole number above 0");
  among("stateEngine", stateEngines);
  if (!syncModes.includes(settings.sync)) refuse("sync", `write ${syncModes.join(", ")}`);
  if (!Array.isArray(brokers)) refuse("brokers", 'write a list like ["localhost:9092"]');
  if (brokers.length > 0 && registry === undefined) {
    throw new SettingsError(`brokers are given and no schema registry: ${naming.addRegistry}`);
  }
  checkCopies(settings, refuse);
  for (const broker of brokers) checkBroker(broker, named("brokers"));
  if (registry !== undefined) checkRegistry(registry, named("registry"));
  checkSecurity(settings, naming);
  among("kafkaClient", kafkaClients);
  if (settings.instanceId !== undefined && settings.kafkaClient !== "platformatic") {
    throw new SettingsError(`an instance id needs ${naming.setKafkaClient}; kafkajs can't carry it`);
  }
  among("delivery", deliveries);
  if (!isWhole(standbyReplicas, 0)) refuse("standbyReplicas", "write a whole number from 0 up");
  if (!(commitIntervalMs >= 0)) refuse("commitIntervalMs", "write milliseconds from 0 up");
  if (sessionTimeoutMs !== undefined && !isWhole(sessionTimeoutMs, 1_000))
    refuse("sessionTimeoutMs", "write milliseconds from 1000 up");
  if (stateMemoryMiB !== undefined && !(stateMemoryMiB > 0)) refuse("stateMemoryMiB", "write a number above 0");
  if (windowsMiB !== undefined && !(windowsMiB > 0)) refuse("windowsMiB", "write a number above 0");
  if (lookupMs !== undefined && !isWhole(lookupMs, 1)) refuse("lookupMs", "write milliseconds from 1 up");
  if (settings.replyPrefix !== undefined && !replyPrefixes.test(settings.replyPrefix))
    refuse("replyPrefix", replyPrefixHelp);
  if (settings.http !== undefined) checkHttp(settings.http, named("http"));
  return settings;
}

function checkCopies(
  { replicationFactor: copies, minInsyncReplicas: least }: Settings,
  refuse: (setting: keyof Settings, help: string) => never,
): void {
  if (copies !== undefined && !isWhole(copies, 1)) refuse("replicationFactor", "write a whole number above 0");
  if (least !== undefined && !isWhole(least, 1)) refuse("minInsyncReplicas", "write a whole number above 0");
  if (copies !== undefined && least !== undefined && least > copies) {
    refuse("minInsyncReplicas", `no write would ever be answered with ${copies} copies: write ${copies} at the most`);
  }
}

function checkHttp({ port, host, auth }: HttpSettings, named: string): void {
  if (!isWhole(port, 0) || port > 65_535) throw new SettingsError(`${named} ${port}: write a port from 0 to 65535`);
  if (host?.trim() === "") throw new SettingsError(`${named}: the host is empty: write an address, or leave it out`);
  if (auth !== undefined && !["tokens", "none"].includes(auth))
    throw new SettingsError(`${named} ${String(auth)}: write tokens or none`);
}

function checkSecurity({ brokers, registry, security }: Settings, naming: SettingNames): void {
  const given = Object.keys(security);
  if (given.length > 0 && brokers.length === 0) {
    const name = given[0] as SecuritySetting;
    throw new SettingsError(`${naming.ofSecurity?.(name) ?? name} is given and no brokers are: it is for Kafka`);
  }
  securityOf(security, registry, naming.ofSecurity);
}

function withDefaults(options: SettingsOptions): Settings {
  const { replicationFactor, minInsyncReplicas, registry, instanceId, replyPrefix, sessionTimeoutMs, stateMemoryMiB } =
    options;
  const { http, windowsMiB, lookupMs } = options;
  const { delivery = settingDefaults.delivery, brokers = [] } = options;
  return Object.freeze({
    ...{
      replicationFactor,
      minInsyncReplicas,
      registry,
      instanceId,
      replyPrefix,
      sessionTimeoutMs,
      stateMemoryMiB,
      windowsMiB,
      lookupMs,
      delivery,
      http,
    },
    brokers: Array.isArray(brokers) ? brokers.map((broker) => String(broker).trim()) : brokers,
    dir: resolve(options.dir ?? settingDefaults.dir),
    id: options.id ?? settingDefaults.id,
    salt: options.salt ?? settingDefaults.salt,
    security: Object.freeze({ ...options.security }),
    partitions: options.partitions ?? settingDefaults.partitions,
    kafkaClient: options.kafkaClient ?? settingDefaults.kafkaClient,
    stateEngine: options.stateEngine ?? settingDefaults.stateEngine,
    sync: options.sync ?? settingDefaults.sync,
    standbyReplicas: options.standbyReplicas ?? settingDefaults.standbyReplicas,
    commitIntervalMs: options.commitIntervalMs ?? commitIntervalsMs[delivery] ?? Number.NaN,
  });
}

const isWhole = (value: number, min: number): boolean => Number.isSafeInteger(value) && value >= min;
const orList = (known: readonly unknown[]): string => known.join(" or ");

/** The names of all settings. */
export const settingKeys: readonly string[] = Object.freeze(Object.keys(withDefaults({})));
