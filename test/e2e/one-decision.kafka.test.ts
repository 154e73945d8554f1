import { join } from "node:path";
import { afterAll, test } from "vitest";
import { createConfluentRegistry, createKafkaBackbone } from "../../streams/index.ts";
import { Fleet } from "../chaos/fleet.ts";
import type { Place } from "../chaos/product.ts";
import { startKafka } from "../servers/kafka.ts";
import { startRegistry } from "../servers/registry.ts";
import { temporaryDir } from "./command.ts";
import { oneDecision } from "./one-decision.ts";

const partitions = 2;
const { path, remove } = temporaryDir();
afterAll(() => remove());

test(
  "kafka: a request sent five times, across crashes, rebalances and a model, has one record and equal replies; after the retention a new one says so",
  { timeout: 900_000 },
  async () => {
    const [kafka, schemas] = await Promise.all([startKafka(), startRegistry()]);
    const open = async (): Promise<Place> => {
      const backbone = await createKafkaBackbone({ brokers: kafka.brokers.split(",") });
      const registry = createConfluentRegistry({ url: schemas.url });
      return {
        backbone,
        registry,
        async close() {
          await backbone.close();
          await registry.close();
        },
      };
    };
    const servers = {
      client: "kafkajs",
      brokers: kafka.brokers,
      registry: schemas.url,
      sessionTimeoutMs: 6_000,
    } as const;
    const fleet = new Fleet(["one", "two"].map((name) => ({ dir: join(path, name), partitions, kafka: servers })));
    try {
      await oneDecision(fleet, open, open, partitions);
    } finally {
      await fleet.killAll();
      await schemas.stop();
      await kafka.stop();
    }
  },
);
