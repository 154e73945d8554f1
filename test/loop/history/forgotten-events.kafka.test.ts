import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createConfluentRegistry, createKafkaBackbone, prefixed, type Backbone } from "../../../streams/index.ts";
import { newDir } from "../../streams/backbones/local/new-dir.ts";
import { forgottenFiles, importDecisionsLater, visitsOfDay } from "./forgotten-events.ts";
import { loopOptions } from "./shop-log.ts";

let folder: Awaited<ReturnType<typeof newDir>>;
let kafka: Backbone;
const registry = createConfluentRegistry({ url: inject("registry") });
beforeAll(async () => {
  folder = await newDir();
  kafka = await createKafkaBackbone({ brokers: inject("brokers").split(",") });
});
afterAll(async () => {
  await kafka.close();
  await registry.close();
  await folder.remove();
});

test(
  "every process on Kafka that answers reads again what it has forgotten, for decisions whose events were imported alone",
  { timeout: 900_000 },
  async () => {
    const prefix = `forgotten-${process.pid}-`;
    // Those who answer are not all on one of them.
    const options = [1, 2, 3].map((n) => ({
      ...loopOptions(prefixed(kafka, prefix), registry, join(folder.path, `state-${n}`)),
      ...{ commitIntervalMs: 20, subjectPrefix: prefix, partitions: 4 },
    }));
    const { visits, recalled } = await importDecisionsLater(options, forgottenFiles(folder.path));
    expect(visits).toEqual(visitsOfDay());
    expect(recalled).toBe(2);
  },
);
