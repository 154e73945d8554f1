import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { deadLetters } from "../../../schemas/index.ts";
import {
  Application,
  createEmbeddedBackbone,
  createLevelEngine,
  createMemoryEngine,
  defineOperator,
  defineTopic,
  defineTopology,
  jsonStore,
  partitionOf,
  Publisher,
  readTopic,
  repartition,
  Serdes,
  type Backbone,
  type EmbeddedBackbone,
} from "../../../streams/index.ts";
import { bound } from "../bound-backbone.ts";

const schema = { type: "record", name: "Count", fields: [{ name: "n", type: "int" }] } as const;
interface Count {
  readonly n: number;
}
const seen = defineTopic<Count>({ name: "seen", schema });
const counts = defineTopic<Count>({ name: "counts", schema });
const finals = defineTopic<Count>({ name: "finals", schema });
const tallies = defineTopic<Count>({ name: "tallies", schema });
const HOUR = 3_600_000;
const START = Date.now() - 24 * HOUR;

/** Counts each key, and tells the count an hour after the key came first. */
const count = defineOperator({
  name: "count",
  in: { seen },
  out: { counts, finals },
  state: { counted: jsonStore<number>() },
  globals: {},
  handlers: {
    seen(records, context) {
      for (const from of records) {
        const n = (context.state.counted.get(from.key) ?? 0) + 1;
        if (n === 1) context.schedule(START + HOUR, from.key);
        context.state.counted.put(from.key, n);
        context.emit("counts", { key: from.key, value: { n }, time: from.time, from });
      }
    },
  },
  onTimer({ time, key }, context) {
    context.emit("finals", { key, value: { n: context.state.counted.get(key)! }, time });
  },
});
/** Counts the records of its partition, under one key in each. */
const tally = defineOperator({
  name: "tally",
  perPartition: true,
  in: { seen },
  out: { tallies },
  state: { all: jsonStore<number>() },
  globals: {},
  handlers: {
    seen(records, context) {
      const n = (context.state.all.get("all") ?? 0) + records.length;
      context.state.all.put("all", n);
      context.emit("tallies", { key: String(context.partition), value: { n }, time: records[0]!.time });
    },
  },
  reads: { seen: () => [["all", "all"]] },
});
const topology = defineTopology({ name: "counting", operators: [count, tally] });
const keys = Array.from({ length: 60 }, (_, i) => `key-${i}`);

let dir: string;
let backbone: EmbeddedBackbone;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "loopstream-repartition-"));
  backbone = await createEmbeddedBackbone({ dir });
});
afterEach(async () => {
  await backbone.close();
  rmSync(dir, { recursive: true, force: true });
});

async function started(onFailure?: (error: unknown) => void): Promise<Application> {
  const application = new Application({
    id: "counting",
    topology,
    backbone,
    serdes: new Serdes(backbone.registry),
    engine: createLevelEngine(join(dir, "state")),
    deadLetters,
    partitions: 4,
    delivery: "exactlyOnce",
    commitIntervalMs: 0,
    maxTaskIdleMs: 0,
    ...(onFailure === undefined ? {} : { onFailure }),
  });
  await application.start();
  return application;
}

/** @param over how many partitions the producer believes the topic has. */
async function publish(time: number, over?: number): Promise<void> {
  const publisher = await Publisher.open(backbone, new Serdes(backbone.registry), 4);
  await publisher.publish(
    keys.map((key) => ({
      topic: seen,
      key,
      value: { n: 0 },
      time,
      ...(over === undefined ? {} : { partition: partitionOf(Buffer.from(key), over) }),
    })),
  );
  await publisher.close();
}

async function written(topic: typeof counts): Promise<Record<string, readonly number[]>> {
  const found: Record<string, number[]> = {};
  for await (const { key, value } of readTopic(backbone, new Serdes(backbone.registry), topic)) {
    (found[key] ??= []).push(value.n);
  }
  return found;
}

/** A backbone whose producers die at a transaction. */
function dyingAt(transactions: number): Backbone {
  let left = transactions;
  return {
    ...bound(backbone),
    async producer(options) {
      const producer = await backbone.producer(options);
      return {
        send: (records) => producer.send(records),
        close: () => producer.close(),
        async begin(after) {
          if (left-- === 0) throw new Error("killed");
          return producer.begin(after);
        },
      };
    },
  };
}

const move = (through: Backbone, partitions: number): ReturnType<typeof repartition> =>
  repartition({ id: "counting", topology, backbone: through, engine: createMemoryEngine(), partitions });

const each = (...numbers: number[]): Record<string, readonly number[]> =>
  Object.fromEntries(keys.map((key) => [key, numbers]));

test("state, timers and records in flight come to the partition of their key, killed at every step of it, and nothing is lost or doubled", async () => {
  const before = await started();
  await publish(START);
  await before.idle();
  await before.close();
  await publish(START + 1);

  let failures = 0;
  for (;;) {
    try {
      // One transaction further each time.
      await move(dyingAt(Math.min(failures, 1)), 6);
      break;
    } catch (error) {
      expect(error).toMatchObject({ message: "killed" });
      failures++;
      if (failures !== 3) continue;
      const refusal = Promise.withResolvers<unknown>();
      const refused = await started(refusal.resolve);
      expect(await refusal.promise).toMatchObject({
        code: "TOPIC_MISMATCH",
        message: expect.stringContaining("loopstream topics repartition --partitions 6"),
      });
      await refused.close();
    }
  }
  expect(failures).toBeGreaterThan(4);
  for (const topic of ["seen", topology.subTopologies[0]!.changelog]) expect(await backbone.partitions(topic)).toBe(6);

  const after = await started();
  await publish(START + 2);
  await publish(START + 3, 4);
  await after.idle();
  expect(await written(counts)).toEqual(each(1, 2, 3, 4));
  expect(await written(finals)).toEqual({});
  await publish(START + 2 * HOUR);
  await after.idle();
  expect(await written(counts)).toEqual(each(1, 2, 3, 4, 5));
  expect(await written(finals)).toEqual(each(4));
  const tallied = Object.values(await written(tallies)).map((numbers) => numbers.at(-1)!);
  expect(tallied.length).toBe(6);
  expect(tallied.reduce((sum, n) => sum + n, 0)).toBe(5 * keys.length);
  await after.close();
}, 900_000);

test("what was moved is restored on another machine, and can be moved on", async () => {
  const before = await started();
  await publish(START);
  await before.idle();
  await before.close();
  expect(await move(backbone, 5)).toMatchObject({ movedKeys: expect.any(Number) });
  expect(await move(backbone, 7)).toMatchObject({ movedKeys: expect.any(Number) });
  rmSync(join(dir, "state"), { recursive: true, force: true });
  const after = await started();
  await publish(START + 1);
  await after.idle();
  expect(await written(counts)).toEqual(each(1, 2));
  await after.close();
});

test("the same number again moves nothing, and a smaller one is refused by the topic's name", async () => {
  const before = await started();
  await publish(START);
  await before.idle();
  await before.close();
  expect(await move(backbone, 4)).toMatchObject({ movedKeys: 0 });
  await expect(move(backbone, 3)).rejects.toMatchObject({
    code: "TOPIC_MISMATCH",
    message: "seen has 4 partitions, and none can be taken away: give at least 4",
  });
  const after = await started();
  await publish(START + 1);
  await after.idle();
  expect(await written(counts)).toEqual(each(1, 2));
  await after.close();
});
