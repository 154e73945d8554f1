import { describe, expect, inject, test } from "vitest";
import {
  createKafkaBackbone,
  createMemoryEngine,
  createPlatformaticBackbone,
  repartition,
} from "../../../streams/index.ts";
import { countingRun, makeAnew, type CountingRun } from "./counting-run.ts";
import { eventually } from "../../eventually.ts";

const clients = [
  { client: "kafkajs", create: createKafkaBackbone },
  { client: "@platformatic/kafka", create: createPlatformaticBackbone },
];
const patience = { timeout: 40_000, interval: 100 };
const keys = Array.from({ length: 40 }, (_, i) => `key-${i}`);
const counted = (times: number): Record<string, readonly number[]> =>
  Object.fromEntries(keys.map((key) => [key, Array.from({ length: times }, (_, i) => i + 1)]));

describe.each(clients)("over $client", ({ create }) => {
  const opened = (partitions: number): Promise<CountingRun> => {
    const brokers = inject("brokers");
    return countingRun({ open: () => create({ brokers }), brokers, registry: inject("registry"), partitions });
  };
  const add = (run: CountingRun, count: number): Promise<unknown> =>
    run.admin((admin) => admin.createPartitions({ topicPartitions: [{ topic: run.counted.seen.name, count }] }));
  const passedOn = async (run: CountingRun): Promise<number> =>
    (await run.application.metrics.passedOn.get()).values.reduce((sum, { value }) => sum + value, 0);

  test("partitions that are added to an input while it is read are noticed, said and read; every record comes to its key's state, after a restart too", async () => {
    const run = await opened(4);
    const topic = run.counted.seen.name;
    try {
      await run.start();
      await run.publish(keys);
      await run.application.idle();
      await add(run, 6);
      await run.publish(keys);
      await eventually(async () => expect(await run.counts()).toEqual(counted(2)), patience);
      expect(await passedOn(run)).toBeGreaterThan(0);
      const said = run.lines.filter(({ fields }) => "command" in fields);
      expect(said.map(({ level, fields }) => [level, fields])).toEqual([
        ["warn", { topic, partitions: 6, stateIn: 4, command: "loopstream topics repartition --partitions 6" }],
      ]);
      await run.stop();
      await run.publish(keys);
      run.lines.length = 0;
      await run.start();
      await run.application.idle();
      expect(await run.counts()).toEqual(counted(3));
      expect(run.lines.filter(({ fields }) => "command" in fields).length).toBe(1);
      await run.stop();
      run.wipe();
      await run.publish(keys);
      await run.start();
      await run.application.idle();
      expect(await run.counts()).toEqual(counted(4));
      await run.stop();
    } finally {
      await run.close();
    }
  });

  test("after a repartition all partitions are used, every key has its state, and nobody may run meanwhile", async () => {
    const run = await opened(4);
    const move = (): ReturnType<typeof repartition> =>
      repartition({
        id: run.run,
        topology: run.counted.topology,
        backbone: run.backbone,
        engine: createMemoryEngine(),
        partitions: 6,
      });
    try {
      await run.start();
      await run.publish(keys);
      await run.application.idle();
      await add(run, 6);
      await run.publish(keys);
      await eventually(async () => expect(await run.counts()).toEqual(counted(2)), patience);
      await expect(move()).rejects.toMatchObject({ code: "FENCED" });
      await run.stop();
      await run.publish(keys);
      const { changelog } = run.counted.topology.subTopologies[0]!;
      expect((await move()).topics).toEqual([
        { topic: run.counted.seen.name, from: 6, to: 6 },
        { topic: changelog, from: 4, to: 6 },
      ]);
      run.lines.length = 0;
      await run.start();
      await run.publish(keys);
      await run.application.idle();
      expect(await run.counts()).toEqual(counted(4));
      expect(run.lines.filter(({ fields }) => "command" in fields)).toEqual([]);
      expect((await run.application.metrics.tasks.get()).values).toMatchObject([{ value: 6 }]);
      await run.stop();
    } finally {
      await run.close();
    }
  });

  test("an input that was made anew with fewer partitions is given the others", async () => {
    const run = await opened(4);
    const topic = run.counted.seen.name;
    try {
      await run.start();
      await run.publish(keys);
      await run.application.idle();
      await run.admin((admin) => makeAnew(admin, topic, 1));
      await run.publish(keys);
      await eventually(async () => expect(await run.counts()).toEqual(counted(2)), patience);
      expect(await run.backbone.describe([topic])).toMatchObject([{ topic, partitions: 4 }]);
      expect(run.lines.map(({ fields }) => fields)).toContainEqual({ topic, partitions: 1, stateIn: 4 });
      await run.stop();
    } finally {
      await run.close();
    }
  });
});
