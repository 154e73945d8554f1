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
  Publisher,
  readTopic,
  Serdes,
  type Backbone,
} from "../../../streams/index.ts";
import { counting } from "./counting.ts";

const PARTITIONS = 4;
const KEYS = 8_000;

interface Instance {
  readonly application: Application;
  /** By task: changelog records read while it was being opened to run here. */
  readonly restoredAtOpening: Map<string, number>;
  tasks(): Promise<number>;
  /** Changelog records applied so far, as a standby or at an opening. */
  applied(): Promise<number>;
  stop(): Promise<void>;
}

async function start(run: string, dir: string, counted: ReturnType<typeof counting>): Promise<Instance> {
  const backbone: Backbone = await createKafkaBackbone({ brokers: inject("brokers") });
  const registry = createConfluentRegistry({ url: inject("registry") });
  const restoredAtOpening = new Map<string, number>();
  const application = new Application({
    id: run,
    topology: counted.topology,
    backbone,
    serdes: new Serdes(registry),
    engine: createLevelEngine(dir),
    deadLetters,
    partitions: PARTITIONS,
    delivery: "exactlyOnce",
    commitIntervalMs: 20,
    maxTaskIdleMs: 0,
    standbyReplicas: 1,
    onRestore: ({ task, done }) => restoredAtOpening.set(task, done),
  });
  await application.start();
  const sum = (values: readonly { readonly value: number }[]): number =>
    values.reduce((total, { value }) => total + value, 0);
  return {
    application,
    restoredAtOpening,
    tasks: async () => sum((await application.metrics.tasks.get()).values),
    applied: async () => sum((await application.metrics.restored.get()).values),
    async stop() {
      await application.close();
      await backbone.close();
      await registry.close();
    },
  };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

test(
  "an instance that keeps the state of another's tasks takes them over without reading it again, and goes on counting",
  { timeout: 900_000 },
  async () => {
    const run = `standby-${randomUUID()}`;
    const counted = counting(run);
    const dir = mkdtempSync(join(tmpdir(), "loopstream-standby-"));
    const backbone = await createKafkaBackbone({ brokers: inject("brokers") });
    const registry = createConfluentRegistry({ url: inject("registry") });
    const serdes = new Serdes(registry);
    const first = await start(run, join(dir, "first"), counted);
    const second = await start(run, join(dir, "second"), counted);
    try {
      await until(async () => (await first.tasks()) === 2 && (await second.tasks()) === 2);
      const publisher = await Publisher.open(backbone, serdes, PARTITIONS);
      const all = Array.from({ length: KEYS }, (_, i) => ({
        ...{ topic: counted.seen, key: `key-${i}`, value: { n: i }, time: i },
      }));
      await publisher.publish(all as never);
      const total = async (): Promise<number> =>
        (await backbone.offsets([counted.counts.name])).reduce((sum, { end }) => sum + end, 0);
      await until(async () => (await total()) >= KEYS);
      await Promise.all([first.application.idle(), second.application.idle()]);
      // Each keeps the other's tasks, so between them every change is applied once more.
      await until(async () => (await first.applied()) + (await second.applied()) >= KEYS);

      await first.stop();
      await until(async () => (await second.tasks()) === PARTITIONS);
      const readAgain = [...second.restoredAtOpening.values()].reduce((sum, done) => sum + done, 0);
      expect(readAgain).toBeLessThan(KEYS / 20);

      await publisher.publish(all as never);
      await second.application.idle();
      const last = new Map<string, number>();
      for await (const { key, value } of readTopic(backbone, serdes, counted.counts)) last.set(key, value.n);
      expect(last.size).toBe(KEYS);
      expect(new Set(last.values())).toEqual(new Set([2]));
      await publisher.close();
    } finally {
      await second.stop();
      await backbone.close();
      await registry.close();
      rmSync(dir, { recursive: true, force: true });
    }
  },
);
