import { readSettingsFile, settingsOf, type Settings, type SettingsOptions } from "../../loop/index.ts";
import { logFormats } from "../terminal/voice.ts";
import { among, flag, toggle, type FlagValues } from "./flag.ts";
import { givenHttp } from "./http.ts";
import { givenSecurity, securityFlags } from "./security.ts";
import { whole } from "./numbers.ts";

/** The flags that every command has. */
export const commonFlags = {
  brokers: flag("--brokers <list>", "Kafka brokers, host:port,… (absent: the embedded backbone)"),
  registry: flag("--registry <url>", "Confluent-compatible schema registry"),
  dir: flag("--dir <path>", "directory of the embedded backbone and of local state"),
  partitions: flag("--partitions <n>", "partitions of topics that are made new", { parse: whole(1) }),
  replicationFactor: flag("--replication-factor <n>", "copies of topics that are made new, on Kafka", {
    parse: whole(1),
  }),
  minInsyncReplicas: flag(
    "--min-insync-replicas <n>",
    "of topics that are made new, on Kafka: copies that have a write before it is answered",
    { parse: whole(1) },
  ),
  kafkaClient: flag("--kafka-client <name>", "client library: platformatic (default) or kafkajs"),
  stateEngine: flag(
    "--state-engine <name>",
    "engine of local state: leveldb (default) or rocksdb, which needs rocksdb-native",
  ),
  config: flag("--config <file>", "settings file (default: loopstream.yaml if there is one)"),
  logFormat: flag("--log-format <format>", "of log lines: text, json, or auto: text on a terminal, JSON otherwise", {
    default: "auto",
    parse: among(...logFormats),
  }),
  json: toggle("--json", "print the result as JSON on the last line"),
  ...securityFlags,
};

/** Settings with flags in some commands only. */
export interface OwnSettings {
  readonly sync?: string | undefined;
  readonly instanceId?: string | undefined;
  readonly http?: SettingsOptions["http"];
  readonly httpTokensFile?: string | undefined;
  readonly httpAuth?: "tokens" | "none" | undefined;
}

type Given = Partial<Omit<FlagValues<typeof commonFlags>, "json">> & OwnSettings;

/**
 * Reads the settings. Flags come first, then environment, then loopstream.yaml, then the defaults. Throws, naming the
 * flag, variable, file or field, if settings contradict each other.
 */
export function readSettings(flags: Given, environment: NodeJS.ProcessEnv = process.env): Settings {
  const file = readSettingsFile(flags.config);
  const { KAFKA_BROKERS: ofEnvironment, SCHEMA_REGISTRY: registryOfEnvironment } = environment;
  const brokers = flags.brokers ?? ofEnvironment;
  // Variables of Kafka are often there for other programs: without brokers they mean nothing here.
  const onKafka = (brokers ?? file.brokers?.join("") ?? "") !== "";
  const security = givenSecurity(flags as Readonly<Record<string, unknown>>, onKafka ? environment : {}, file.security);
  return settingsOf(
    {
      ...file,
      brokers: brokers?.split(",") ?? file.brokers,
      registry: flags.registry ?? registryOfEnvironment ?? file.registry,
      dir: flags.dir ?? file.dir,
      partitions: flags.partitions ?? file.partitions,
      replicationFactor: flags.replicationFactor ?? file.replicationFactor,
      minInsyncReplicas: flags.minInsyncReplicas ?? file.minInsyncReplicas,
      security: security.options,
      stateEngine: (flags.stateEngine as Settings["stateEngine"] | undefined) ?? file.stateEngine,
      kafkaClient: (flags.kafkaClient as Settings["kafkaClient"] | undefined) ?? file.kafkaClient,
      sync: (flags.sync as Settings["sync"] | undefined) ?? file.sync,
      instanceId: flags.instanceId ?? file.instanceId,
      http: givenHttp(flags, environment, file.http),
    },
    {
      names: {
        brokers: flags.brokers !== undefined ? "--brokers" : ofEnvironment !== undefined ? "KAFKA_BROKERS" : "brokers:",
        registry: flags.registry === undefined ? "the registry" : "--registry",
        ...{ kafkaClient: "--kafka-client", stateEngine: "--state-engine", sync: "--sync" },
        http: flags.http === undefined ? "http" : "--http",
        ...{ replicationFactor: "--replication-factor", minInsyncReplicas: "--min-insync-replicas" },
      },
      addRegistry: "add --registry URL or registry: in loopstream.yaml",
      setKafkaClient: "--kafka-client platformatic, or kafka.client in loopstream.yaml",
      ofSecurity: security.named,
    },
  );
}
