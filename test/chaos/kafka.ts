import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKafkaBackbone } from "../../streams/index.ts";
import { startKafka } from "../servers/kafka.ts";
import { registryProxy } from "../servers/registry-proxy.ts";
import { startRegistry } from "../servers/registry.ts";
import { Fleet } from "./fleet.ts";
import { placeOn, type Place } from "./product.ts";
import { runChaos, type ChaosOptions, type ChaosReport } from "./run-chaos.ts";

const SESSION_MS = 6_000;

export type KafkaClient = "kafkajs" | "platformatic";

export type Amounts = Pick<
  ChaosOptions,
  | "seed"
  | "decisions"
  | "kills"
  | "pauses"
  | "wipes"
  | "brokerRestarts"
  | "registryOutages"
  | "registryOutageMs"
  | "wrongClocks"
>;

/** Three processes on a broker of the run's own. */
export async function kafkaChaos(
  amounts: Amounts,
  say: (line: string) => void,
  client: KafkaClient = "platformatic",
): Promise<ChaosReport> {
  const dir = mkdtempSync(join(tmpdir(), "loopstream-chaos-"));
  const [kafka, registry] = await Promise.all([startKafka(), startRegistry()]);
  const proxy = await registryProxy(registry.url);
  const partitions = 6;
  const dirs = [0, 1, 2].map((index) => join(dir, `process-${index}`));
  const open = async (): Promise<Place> =>
    placeOn(await createKafkaBackbone({ brokers: kafka.brokers.split(",") }), registry.url);
  try {
    const servers = { client, brokers: kafka.brokers, registry: proxy.url, sessionTimeoutMs: SESSION_MS };
    return await runChaos({
      ...amounts,
      ...{ partitions, say, powerCuts: 0, open, openAlone: open, stateDirs: dirs, pauseMs: 2 * SESSION_MS },
      fleet: new Fleet(dirs.map((own) => ({ dir: own, partitions, kafka: servers }))),
      restartBroker: () => kafka.restart(),
      setRegistryAway: (away) => void (proxy.mood = away ? "away" : "well"),
    });
  } finally {
    await proxy.close();
    await registry.stop();
    await kafka.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}
