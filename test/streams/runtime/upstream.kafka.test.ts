import { randomUUID } from "node:crypto";
import { expect, inject, test } from "vitest";
import { deadLetters } from "../../../schemas/index.ts";
import {
  Application,
  createConfluentRegistry,
  createKafkaBackbone,
  createMemoryEngine,
  createPlatformaticBackbone,
  prefixed,
  Serdes,
} from "../../../streams/index.ts";
import { COUNT, meeting, outcomesMet, publishBacklog } from "./meeting.ts";

test.each([
  { client: "kafkajs", create: createKafkaBackbone, delivery: "exactlyOnce" as const },
  { client: "@platformatic/kafka", create: createPlatformaticBackbone, delivery: "exactlyOnce" as const },
  { client: "@platformatic/kafka", create: createPlatformaticBackbone, delivery: "atLeastOnce" as const },
])("$client, $delivery: two instances work off a backlog of weeks as it would have been live", async (variant) => {
  const prefix = `upstream-${randomUUID()}-`;
  const registry = createConfluentRegistry({ url: inject("registry") });
  const open = async () => prefixed(await variant.create({ brokers: inject("brokers").split(",") }), prefix);
  const backbone = await open();
  await publishBacklog(backbone, registry);
  const instances = [];
  for (let i = 0; i < 2; i++) {
    const own = await open();
    const application = new Application({
      ...{ id: "meeting", topology: meeting(), backbone: own, serdes: new Serdes(registry), deadLetters },
      ...{
        engine: createMemoryEngine(),
        partitions: 4,
        delivery: variant.delivery,
        commitIntervalMs: 20,
        maxTaskIdleMs: 0,
      },
    });
    instances.push({ own, application, started: application.start() });
  }
  await Promise.all(instances.map(({ started }) => started));
  await expect
    .poll(async () => (await outcomesMet(backbone, registry)).length, { timeout: 60_000, interval: 500 })
    .toBe(COUNT);
  expect((await outcomesMet(backbone, registry)).filter((n) => n < 0)).toEqual([]);
  for (const { application, own } of instances) {
    await application.close();
    await own.close();
  }
  await backbone.close();
  await registry.close();
});
