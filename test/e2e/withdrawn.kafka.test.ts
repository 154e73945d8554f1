import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, test } from "vitest";
import { startKafka, type KafkaServer } from "../servers/kafka.ts";
import { startRegistry, type RegistryServer } from "../servers/registry.ts";
import { temporaryDir } from "./command.ts";
import { withdrawnMidway } from "./withdrawn.ts";

const dir = temporaryDir();
// Servers of its own: the command line takes no prefix for its topics.
let kafka: KafkaServer;
let registry: RegistryServer;
beforeAll(async () => {
  [kafka, registry] = await Promise.all([startKafka(), startRegistry()]);
  mkdirSync(join(dir.path, "loop"));
});
afterAll(async () => {
  await Promise.all([kafka.stop(), registry.stop()]);
  dir.remove();
});

test(
  "on a real Kafka a model that is withdrawn in the middle of 2,000 requests a second makes every decision up to that time and none behind it, across kills of the loop, and in a replay",
  { timeout: 900_000 },
  async () => {
    const { brokers } = kafka;
    const { url } = registry;
    const at = join(dir.path, "loop");
    await withdrawnMidway({
      ...{ dir: dir.path, options: { brokers: brokers.split(","), registry: url, dir: at } },
      args: ["--brokers", brokers, "--registry", url, "--dir", at],
      ready: "are handled by this process from now on",
    });
  },
);
