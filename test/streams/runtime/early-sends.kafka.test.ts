import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { deadLetters } from "../../../schemas/index.ts";
import {
  Application,
  createConfluentRegistry,
  createLevelEngine,
  createPlatformaticBackbone,
  Publisher,
  readTopic,
  Serdes,
  StreamsError,
  type Backbone,
  type Producer,
} from "../../../streams/index.ts";
import { bound } from "../bound-backbone.ts";
import { counting } from "./counting.ts";

const RECORDS = 80_000;
const KEYS = 50;
const FAILS_AT = 2;

/** What happened to the transactions that take turns, in order. */
interface Watch {
  /** Sends into a transaction while the one before was not committed yet. */
  early: number;
  earlyAtFailure: number;
  commits: number;
  committing: boolean;
}

/** Counts, and lets one commit fail while the next transaction has records already. */
function watched(backbone: Backbone, watch: Watch): Backbone {
  const producer = async (options?: Parameters<Backbone["producer"]>[0]): Promise<Producer> => {
    const made = await backbone.producer(options);
    const begin = made.begin.bind(made);
    made.begin = async (after) => {
      const transaction = await begin(after);
      const { send, commit } = transaction;
      transaction.send = (records) => {
        if (watch.committing) watch.early++;
        return send.call(transaction, records);
      };
      transaction.commit = async () => {
        watch.committing = true;
        // Long enough for the tasks to go on meanwhile.
        await new Promise((resolve) => setTimeout(resolve, 100));
        watch.committing = false;
        if (++watch.commits === FAILS_AT) {
          watch.earlyAtFailure = watch.early;
          throw new StreamsError("BACKBONE_UNAVAILABLE", "made to fail");
        }
        await commit.call(transaction);
      };
      return transaction;
    };
    return made;
  };
  return { ...bound(backbone), producer };
}

test("what is sent before its transaction's commit keeps its order, and is seen once, though a commit before it fails", async () => {
  const run = `early-${randomUUID()}`;
  const { seen: events, counts, topology } = counting(run);
  const dir = mkdtempSync(join(tmpdir(), "loopstream-early-"));
  const backbone = await createPlatformaticBackbone({ brokers: inject("brokers").split(",") });
  const registry = createConfluentRegistry({ url: inject("registry") });
  const serdes = new Serdes(registry);
  const watch: Watch = { early: 0, earlyAtFailure: 0, commits: 0, committing: false };
  const application = new Application({
    id: run,
    topology,
    backbone: watched(backbone, watch),
    serdes,
    engine: createLevelEngine(dir),
    deadLetters,
    partitions: 4,
    delivery: "exactlyOnce",
    commitIntervalMs: 5,
    maxTaskIdleMs: 0,
  });
  try {
    await application.start();
    const publisher = await Publisher.open(backbone, serdes, 4);
    for (let from = 0; from < RECORDS; from += 4_000) {
      await publisher.publish(
        Array.from({ length: 4_000 }, (_, i) => ({
          ...{ topic: events, key: `key-${(from + i) % KEYS}`, value: { n: from + i }, time: from + i },
        })),
      );
    }
    await application.idle();
    const seen = new Map<string, number[]>();
    for await (const { key, value } of readTopic(backbone, serdes, counts)) {
      seen.set(key, [...(seen.get(key) ?? []), value.n]);
    }
    const upTo = Array.from({ length: RECORDS / KEYS }, (_, i) => i + 1);
    expect(seen.size).toBe(KEYS);
    for (const [key, numbers] of seen) expect([key, numbers]).toEqual([key, upTo]);
    expect(watch.earlyAtFailure).toBeGreaterThan(0);
    expect(watch.early).toBeGreaterThan(watch.earlyAtFailure);
    expect(watch.commits).toBeGreaterThan(FAILS_AT);
    await publisher.close();
  } finally {
    await application.close();
    await backbone.close();
    await registry.close();
    rmSync(dir, { recursive: true });
  }
});
