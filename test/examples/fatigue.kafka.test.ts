import { afterAll, beforeAll, test } from "vitest";
import { startKafka, type KafkaServer } from "../servers/kafka.ts";
import { startRegistry } from "../servers/registry.ts";
import { expectCanary, expectFatigue } from "./run-fatigue.ts";

// Servers of their own: an example says all that comes to it, also of records that others have left.
let broker: KafkaServer;
let registry: Awaited<ReturnType<typeof startRegistry>>;
beforeAll(async () => {
  broker = await startKafka();
  registry = await startRegistry();
}, 300_000);
afterAll(async () => {
  await registry.stop();
  await broker.stop();
});

test("reminders that tire, on Kafka", { timeout: 900_000 }, () => expectFatigue(broker.brokers, registry.url));

test("a canary of policies, on Kafka", { timeout: 900_000 }, () => expectCanary(broker.brokers, registry.url));
