import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Kafka, logLevel } from "kafkajs";
import { deadLetters } from "../../../schemas/index.ts";
import {
  Application,
  createConfluentRegistry,
  createLevelEngine,
  Publisher,
  readTopic,
  Serdes,
  type Backbone,
} from "../../../streams/index.ts";
import { counting } from "./counting.ts";

/** A line of the log. */
export interface Line {
  readonly level: "info" | "warn" | "error";
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

export interface CountingRun {
  readonly run: string;
  readonly counted: ReturnType<typeof counting>;
  readonly lines: Line[];
  readonly backbone: Backbone;
  readonly application: Application;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Forgets the local state. The application must be stopped. */
  wipe(): void;
  /** Publishes a record of each key with the partition its key has over so many. */
  publish(keys: readonly string[], partitions?: number): Promise<void>;
  /** Everything the application has written, by key. */
  counts(): Promise<Record<string, readonly number[]>>;
  admin<T>(work: (admin: Admin) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

type Admin = ReturnType<Kafka["admin"]>;

export interface CountingOptions {
  readonly open: () => Promise<Backbone>;
  readonly brokers: string;
  readonly registry: string;
  readonly partitions: number;
}

/** An application that counts its keys, on a real Kafka, which can be stopped, changed and started again. */
export async function countingRun({ open, brokers, registry: url, partitions }: CountingOptions): Promise<CountingRun> {
  const run = `counted-${randomUUID().slice(0, 8)}`;
  const counted = counting(run);
  const dir = mkdtempSync(join(tmpdir(), "loopstream-counting-"));
  const backbone = await open();
  const registry = createConfluentRegistry({ url });
  const lines: Line[] = [];
  const say = (level: Line["level"]) => (fields: object, message: string) =>
    void lines.push({ level, fields: { ...fields }, message });
  let application: Application;
  return {
    run,
    counted,
    lines,
    backbone,
    get application() {
      return application;
    },
    async start() {
      application = new Application({
        id: run,
        topology: counted.topology,
        backbone,
        serdes: new Serdes(registry),
        engine: createLevelEngine(dir),
        deadLetters,
        partitions,
        delivery: "exactlyOnce",
        commitIntervalMs: 5,
        maxTaskIdleMs: 0,
        log: { info: say("info"), warn: say("warn"), error: say("error") },
      });
      await application.start();
    },
    stop: () => application.close(),
    wipe: () => rmSync(dir, { recursive: true, force: true }),
    async publish(keys) {
      // As a client that has just started: it knows the topic as it is now.
      const fresh = await open();
      const serdes = new Serdes(registry);
      const publisher = await Publisher.open(fresh, serdes, partitions);
      await publisher.publish(keys.map((key) => ({ topic: counted.seen, key, value: { n: 0 }, time: Date.now() })));
      await publisher.close();
      await fresh.close();
    },
    async counts() {
      const fresh = await open();
      const found: Record<string, number[]> = {};
      for await (const { key, value } of readTopic(fresh, new Serdes(registry), counted.counts)) {
        (found[key] ??= []).push(value.n);
      }
      await fresh.close();
      return found;
    },
    async admin(work) {
      const admin = new Kafka({ brokers: brokers.split(","), logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      try {
        return await work(admin);
      } finally {
        await admin.disconnect();
      }
    },
    async close() {
      await backbone.close();
      await registry.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Deletes the topic and makes it anew, empty, with so many partitions. */
export async function makeAnew(admin: Admin, topic: string, partitions: number): Promise<void> {
  await admin.deleteTopics({ topics: [topic] });
  // The broker takes a topic's files away in the background, and its name is free before that.
  for (;;) {
    await pause(50);
    try {
      await admin.createTopics({ topics: [{ topic, numPartitions: partitions, replicationFactor: 1 }] });
      return;
    } catch {
      continue;
    }
  }
}
