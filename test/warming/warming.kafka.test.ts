import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createKafkaBackbone } from "../../streams/index.ts";
import { placeOn } from "../chaos/product.ts";
import { temporaryDir } from "../e2e/command.ts";
import { startKafka } from "../servers/kafka.ts";
import { startRegistry } from "../servers/registry.ts";
import { runFlights } from "./run-flights.ts";

const { path, remove } = temporaryDir();
afterAll(() => remove());

test(
  "kafka: on three processes every decision of a version with new windows equals the windows' definition, also where one is killed while it fills them",
  { timeout: 900_000 },
  async () => {
    const [kafka, schemas] = await Promise.all([startKafka(), startRegistry()]);
    try {
      const { made, wrong, audit, filled } = await runFlights({
        dir: path,
        where: ["--brokers", kafka.brokers, "--registry", schemas.url],
        dirs: ["one", "two", "three"].map((name) => join(path, name)),
        open: async () => placeOn(await createKafkaBackbone({ brokers: kafka.brokers.split(",") }), schemas.url),
        from: Date.UTC(2013, 1, 10),
        decide: Date.UTC(2013, 1, 28),
        publish: Date.UTC(2013, 2, 1),
        to: Date.UTC(2013, 2, 2),
        kill: true,
      });
      expect(made.length).toBeGreaterThan(900);
      expect(wrong).toEqual([]);
      expect(audit).toMatchObject({ differences: [] });
      expect(filled.length).toBe(3);
    } finally {
      await schemas.stop();
      await kafka.stop();
    }
  },
);
