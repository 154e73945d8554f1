import { readSettingsFile, settingsOf, type Settings } from "../../loop/index.ts";
import { parseWhole } from "./numbers.ts";

/** The flags that every command has, as they were given. */
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

/**
 * Where everything is. Flags come first, then environment, then loopstream.yaml, then the defaults. Throws, naming the flag, variable, file or
 * field, for settings that don't hold together.
 */
export function readSettings(flags: SettingsFlags, environment: NodeJS.ProcessEnv = process.env): Settings {
  const file = readSettingsFile(flags.config);
  const whole = { min: 1, max: Number.MAX_SAFE_INTEGER };
  const partitions = flags.partitions === undefined ? undefined : parseWhole(flags.partitions, "--partitions", whole);
  const { KAFKA_BROKERS: ofEnvironment, SCHEMA_REGISTRY: registryOfEnvironment } = environment;
  const brokers = flags.brokers ?? ofEnvironment;
  return settingsOf(
    {
      ...file,
      brokers: brokers?.split(",") ?? file.brokers,
      registry: flags.registry ?? registryOfEnvironment ?? file.registry,
      dir: flags.dir ?? file.dir,
      partitions: partitions ?? file.partitions,
      stateEngine: (flags.stateEngine as Settings["stateEngine"] | undefined) ?? file.stateEngine,
      sync: (flags.sync as Settings["sync"] | undefined) ?? file.sync,
      instanceId: flags.instanceId ?? file.instanceId,
    },
    {
      names: {
        brokers: flags.brokers !== undefined ? "--brokers" : ofEnvironment !== undefined ? "KAFKA_BROKERS" : "brokers:",
        registry: flags.registry === undefined ? "the registry" : "--registry",
        ...{ stateEngine: "--state-engine", sync: "--sync" },
      },
      addRegistry: "add --registry URL or registry: in loopstream.yaml",
      setKafkaClient: "kafka.client: platformatic in loopstream.yaml",
    },
  );
}
