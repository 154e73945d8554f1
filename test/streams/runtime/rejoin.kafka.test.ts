import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { deadLetters } from "../../../schemas/index.ts";
import {
  Application,
  createConfluentRegistry,
  createKafkaBackbone,
  createLevelEngine,
  createMetrics,
  createPlatformaticBackbone,
  Publisher,
  readTopic,
  Serdes,
  StreamsError,
  type Backbone,
  type GroupReader,
} from "../../../streams/index.ts";
import { bound } from "../bound-backbone.ts";
import { recordedLog } from "../recorded-log.ts";
import { counting } from "./counting.ts";

const KEYS = 2_000;

/** The backbone with a group whose polls fail once when they are told to. */
function failing(whole: Backbone, fault: { next: boolean }): Backbone {
  return {
    ...bound(whole),
    async group(options): Promise<GroupReader> {
      const group = await whole.group(options);
      const poll = group.poll.bind(group);
      group.poll = (...args) => {
        if (!fault.next) return poll(...args);
        fault.next = false;
        return Promise.reject(new StreamsError("BACKBONE_UNAVAILABLE", "made to fail"));
      };
      return group;
    },
  };
}

test.each([
  { client: "kafkajs", create: createKafkaBackbone, delivery: "exactlyOnce" as const },
  { client: "@platformatic/kafka", create: createPlatformaticBackbone, delivery: "exactlyOnce" as const },
  { client: "@platformatic/kafka", create: createPlatformaticBackbone, delivery: "atLeastOnce" as const },
])("$client, $delivery: after a rejoin, and after a restart, a task reads nothing that it has", async (variant) => {
  const run = `rejoin-${randomUUID()}`;
  const { seen, counts, topology } = counting(run);
  const dir = mkdtempSync(join(tmpdir(), "loopstream-rejoin-"));
  const backbone = await variant.create({ brokers: inject("brokers").split(",") });
  const registry = createConfluentRegistry({ url: inject("registry") });
  const serdes = new Serdes(registry);
  const fault = { next: false };
  const { log, lines } = recordedLog();
  const start = async () => {
    const metrics = createMetrics();
    const application = new Application({
      ...{ id: run, topology, serdes, deadLetters, partitions: 2, metrics, log },
      backbone: failing(backbone, fault),
      engine: createLevelEngine(dir),
      delivery: variant.delivery,
      commitIntervalMs: 20,
      maxTaskIdleMs: 0,
    });
    await application.start();
    const restored = async (): Promise<number> =>
      (await metrics.restored.get()).values.reduce((sum, { value }) => sum + value, 0);
    return { application, restored };
  };
  const publisher = await Publisher.open(backbone, serdes, 2);
  const publish = (round: number): Promise<void> =>
    publisher.publish(
      Array.from({ length: KEYS }, (_, i) => ({
        ...{ topic: seen, key: `key-${i}`, value: { n: round }, time: round * KEYS + i },
      })),
    );
  let running = await start();
  try {
    for (const round of [1, 2]) {
      await publish(round);
      await running.application.idle();
    }
    fault.next = true;
    await publish(3);
    await running.application.idle();
    expect(fault.next).toBe(false);
    expect(await running.restored()).toBe(0);
    // It may take long enough for a line in between.
    const waits = lines.filter(({ fields }) => fields["what"] === "application");
    expect(waits[0]).toMatchObject({ level: "warn", message: expect.stringContaining("waiting and trying again") });
    expect(waits.at(-1)).toMatchObject({
      level: "info",
      message: expect.stringMatching(/^application: goes on after/),
    });
    await running.application.close();
    running = await start();
    await publish(4);
    await running.application.idle();
    expect(await running.restored()).toBe(0);
    const newest = new Map<string, number>();
    for await (const { key, value } of readTopic(backbone, serdes, counts)) newest.set(key, value.n);
    expect(newest.size).toBe(KEYS);
    expect(new Set(newest.values())).toEqual(new Set([4]));
  } finally {
    await running.application.close();
    await publisher.close();
    await backbone.close();
    await registry.close();
    rmSync(dir, { recursive: true });
  }
});
