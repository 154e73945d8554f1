import { afterAll } from "vitest";
import { startKafka } from "../servers/kafka.ts";
import { startRegistry } from "../servers/registry.ts";
import { posteriorSuite } from "./posterior.ts";

// Servers of its own: another loop on the same topics would decide the same requests.
const stops: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const stop of stops) await stop();
});

posteriorSuite("kafka", async (folder) => {
  const [kafka, schemas] = await Promise.all([startKafka(), startRegistry()]);
  stops.push(
    () => schemas.stop(),
    () => kafka.stop(),
  );
  return ["--brokers", kafka.brokers, "--registry", schemas.url, "--dir", folder];
});
