import { describe, expect, inject, test } from "vitest";
import { Outages } from "../../../../streams/outage.ts";
import {
  createKafkaBackbone,
  createPlatformaticBackbone,
  createMetrics,
  type Fetch,
} from "../../../../streams/index.ts";
import { recordedLog } from "../../recorded-log.ts";
import { eventually } from "../../../eventually.ts";

describe.each([
  ["kafkajs", createKafkaBackbone],
  ["@platformatic/kafka", createPlatformaticBackbone],
] as const)("over %s", (name, create) => {
  test("a transaction that somebody left open is said while it holds a partition up, with its place, and what was behind it is read", async () => {
    const topic = `open-${name.length}-${process.pid}`;
    const { log, lines } = recordedLog();
    const metrics = createMetrics();
    const backbone = await create({ brokers: inject("brokers"), outages: new Outages(log, metrics) });
    await backbone.ensureTopics([{ name: topic, partitions: 1, cleanup: "delete" }]);
    const record = (value: string) => ({ topic, partition: 0, timestamp: 1, key: null, value: Buffer.from(value) });
    const [foreign, own] = [await backbone.producer({ transactionalId: topic }), await backbone.producer()];
    const reader = await backbone.reader([{ topic, partition: 0, offset: 0 }]);
    const read: string[] = [];
    const take = async (): Promise<void> => {
      for (const { records } of (await reader.poll(200)) as readonly Fetch[]) {
        read.push(...records.map(({ value }) => Buffer.from(value!).toString()));
      }
    };
    const said = () => lines.filter(({ message }) => message.startsWith("open transaction"));

    await own.send([record("before")]);
    await eventually(async () => (await take(), expect(read).toEqual(["before"])), { timeout: 10_000 });
    const transaction = await foreign.begin();
    await transaction.send([record("open")]);
    await own.send([record("behind")]);
    await eventually(async () => (await take(), expect(said()).not.toEqual([])), { timeout: 15_000 });
    expect(read).toEqual(["before"]);
    expect(said()[0]).toMatchObject({ level: "warn", fields: { topic, partition: 0, offset: 1, waiting: 2 } });
    expect(said()[0]!.fields["error"]).toContain(`left a transaction open at ${topic}/0`);
    expect(await metrics.registry.getSingleMetricAsString("loopstream_waiting_seconds")).toContain("open transaction");

    await transaction.abort();
    await eventually(async () => (await take(), expect(read).toEqual(["before", "behind"])), { timeout: 10_000 });
    expect(said().at(-1)!.message).toMatch(/^open transaction: goes on after/);
    await reader.close();
    await Promise.all([foreign.close(), own.close()]);
    await backbone.close();
  });
});
