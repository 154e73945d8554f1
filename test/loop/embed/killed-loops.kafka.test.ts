import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { temporaryDir } from "../../e2e/command.ts";
import { startKafka, type KafkaServer } from "../../servers/kafka.ts";
import { startRegistry, type RegistryServer } from "../../servers/registry.ts";
import { backWithinMs, killLoops, kills } from "./killed-loops.ts";

// Servers of its own, because they are taken away.
let kafka: KafkaServer;
let registry: RegistryServer;
const dir = temporaryDir();
beforeAll(async () => {
  [kafka, registry] = await Promise.all([startKafka(), startRegistry()]);
  mkdirSync(join(dir.path, "loop"));
});
afterAll(async () => {
  await Promise.all([kafka.stop(), registry.stop()]);
  dir.remove();
});

test(
  "a client outlives the loop and a restart of the broker: it is answered again after each start, and no observation or event is lost or doubled",
  { timeout: 120_000 + kills * 20_000 },
  async () => {
    const { brokers } = kafka;
    const { url } = registry;
    const killed = await killLoops(dir.path, ["--brokers", brokers, "--registry", url], {
      options: { brokers: brokers.split(","), registry: url, dir: join(dir.path, "client") },
      ready: "are handled by this process from now on",
      restart: () => kafka.restart(),
    });
    console.log(killed);
    const { lost, doubled, wrongRows, failed, backAfterMs } = killed;
    expect({ lost, doubled, wrongRows, failed }).toEqual({ lost: [], doubled: [], wrongRows: [], failed: [] });
    expect(Math.max(...backAfterMs)).toBeLessThanOrEqual(backWithinMs);
    expect(killed.outages).toBeGreaterThanOrEqual(1);
    expect(killed.observed).toBe(killed.asked);
  },
);
