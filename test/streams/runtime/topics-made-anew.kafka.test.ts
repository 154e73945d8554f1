import { describe, expect, inject, test } from "vitest";
import { createKafkaBackbone, createPlatformaticBackbone } from "../../../streams/index.ts";
import { countingRun, makeAnew, type CountingRun } from "./counting-run.ts";
import { eventually } from "../../eventually.ts";

const clients = [
  { client: "kafkajs", create: createKafkaBackbone },
  { client: "@platformatic/kafka", create: createPlatformaticBackbone },
];
const patience = { timeout: 40_000, interval: 100 };

describe.each(clients)("over $client", ({ create }) => {
  const opened = (): Promise<CountingRun> => {
    const brokers = inject("brokers");
    return countingRun({ open: () => create({ brokers }), brokers, registry: inject("registry"), partitions: 1 });
  };
  const resets = async (run: CountingRun): Promise<number> =>
    (await run.application.metrics.positionsReset.get()).values.reduce((sum, { value }) => sum + value, 0);

  test("a topic that was made anew while nobody ran is read from its start, which is said and counted once; the state stays", async () => {
    const run = await opened();
    const topic = run.counted.seen.name;
    try {
      await run.start();
      await run.publish(["a", "a", "b", "a"]);
      await run.application.idle();
      await run.stop();
      await run.admin((admin) => makeAnew(admin, topic, 1));
      await run.publish(["a", "c"]);
      await run.start();
      await run.application.idle();
      expect(await run.counts()).toEqual({ a: [1, 2, 3, 4], b: [1], c: [1] });
      expect(run.lines.filter(({ fields }) => fields["reason"] === "madeAnew")).toEqual([
        {
          level: "warn",
          fields: { topic, partition: 0, reason: "madeAnew", position: 4, start: 0, end: 2 },
          message: `${topic}/0 was deleted and made anew; it is read from its start, at offset 0, instead of 4`,
        },
      ]);
      expect(await resets(run)).toBe(1);
      await run.stop();
      run.lines.length = 0;
      await run.start();
      await run.application.idle();
      expect(run.lines.filter(({ fields }) => !("tasks" in fields))).toEqual([]);
      expect(await resets(run)).toBe(0);
      await run.stop();
    } finally {
      await run.close();
    }
  });

  test("a topic that is made anew longer than it was is read from its start all the same", async () => {
    const run = await opened();
    try {
      await run.start();
      await run.publish(["a", "b"]);
      await run.application.idle();
      await run.stop();
      await run.admin((admin) => makeAnew(admin, run.counted.seen.name, 1));
      await run.publish(["c", "d", "e", "f"]);
      await run.start();
      await run.application.idle();
      expect(await run.counts()).toEqual({ a: [1], b: [1], c: [1], d: [1], e: [1], f: [1] });
      await run.stop();
    } finally {
      await run.close();
    }
  });

  test("a topic that is made anew while the application runs is noticed and read from its start", async () => {
    const run = await opened();
    try {
      await run.start();
      await run.publish(["a", "b", "c"]);
      await run.application.idle();
      await run.admin((admin) => makeAnew(admin, run.counted.seen.name, 1));
      await run.publish(["a", "d"]);
      await eventually(async () => expect(await run.counts()).toEqual({ a: [1, 2], b: [1], c: [1], d: [1] }), patience);
      expect(run.lines.filter(({ fields }) => fields["reason"] === "madeAnew").length).toBe(1);
      await run.stop();
    } finally {
      await run.close();
    }
  });

  test("what was trimmed before it was read is counted and said, and reading goes on behind it", async () => {
    const run = await opened();
    const topic = run.counted.seen.name;
    try {
      await run.start();
      await run.publish(["a"]);
      await run.application.idle();
      await run.stop();
      await run.publish(["lost", "lost", "lost"]);
      await run.admin(async (admin) => {
        await admin.fetchTopicOffsets(topic);
        await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "4" }] });
      });
      await run.publish(["a"]);
      await run.start();
      await run.application.idle();
      expect(await run.counts()).toEqual({ a: [1, 2] });
      expect(run.lines.map(({ fields }) => fields)).toContainEqual({
        topic,
        partition: 0,
        reason: "trimmed",
        position: 1,
        start: 4,
        lostOffsets: 3,
      });
      expect((await run.application.metrics.offsetsLost.get()).values).toMatchObject([{ labels: { topic }, value: 3 }]);
      await run.stop();
    } finally {
      await run.close();
    }
  });
});
