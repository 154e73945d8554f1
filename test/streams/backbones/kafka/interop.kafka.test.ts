import { CompressionTypes, Kafka, logLevel } from "kafkajs";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { Backbone } from "../../../../streams/backbone/backbone.ts";
import { partitionOf } from "../../../../streams/backbone/partitioner.ts";
import { createKafkaBackbone } from "../../../../streams/backbones/kafka/index.ts";
import { bytes, newTopic, outgoing, readAll, text } from "../backbone-harness.ts";

let backbone: Backbone;
const kafka = new Kafka({ brokers: inject("brokers").split(","), logLevel: logLevel.ERROR });

beforeAll(async () => {
  backbone = await createKafkaBackbone({ brokers: inject("brokers") });
});
afterAll(() => backbone.close());

test.each([
  ["plain", CompressionTypes.None],
  ["gzip", CompressionTypes.GZIP],
])("what another client writes %s is read as it was written", async (_, compression) => {
  const topic = await newTopic(backbone);
  const producer = kafka.producer({ createPartitioner: () => () => 0 });
  await producer.connect();
  const messages = Array.from({ length: 500 }, (__, i) => ({
    key: `k${i}`,
    value: i % 7 === 0 ? null : `v${i}`,
    timestamp: String(1_600_000_000_000 + i * 86_400_000),
    headers: { n: String(i) },
  }));
  await producer.send({ topic, messages, compression });
  await producer.disconnect();
  const [records] = (await readAll(backbone, topic)).values();
  const seen = records!.map((record) => ({
    key: text(record.key),
    value: text(record.value),
    timestamp: String(record.timestamp),
    headers: { n: text(record.headers.n!) },
  }));
  expect(seen).toEqual(messages);
});

test("another client reads what we write, committed transactions only", async () => {
  const topic = await newTopic(backbone);
  const producer = await backbone.producer({ transactionalId: `interop-${topic}` });
  const aborted = await producer.begin();
  await aborted.send([outgoing(topic, "gone")]);
  await aborted.abort();
  const committed = await producer.begin();
  await committed.send([
    outgoing(topic, "a", { key: bytes("k"), timestamp: 1_234_567_890_123, headers: { h: bytes("ü") } }),
    outgoing(topic, "", { key: bytes("gone"), value: null }),
  ]);
  await committed.commit();
  const consumer = kafka.consumer({ groupId: `interop-${topic}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const seen: unknown[] = [];
  await new Promise<void>((resolve, reject) => {
    const eachMessage = ({
      message,
    }: {
      message: { timestamp: string; key: Buffer | null; value: Buffer | null; headers?: object };
    }) => {
      const { timestamp, key, value, headers = {} } = message;
      const readable = Object.entries(headers).map(([name, header]) => [name, String(header)]);
      seen.push({ timestamp, key: text(key), value: text(value), headers: Object.fromEntries(readable) as unknown });
      if (seen.length === 2) resolve();
      return Promise.resolve();
    };
    consumer.run({ eachMessage }).catch(reject);
  });
  await consumer.disconnect();
  await producer.close();
  expect(seen).toEqual([
    { timestamp: "1234567890123", key: "k", value: "a", headers: { h: "ü" } },
    { timestamp: "1700000000000", key: "gone", value: null, headers: {} },
  ]);
});

test("a key lands in the partition where another client's default partitioner puts it", async () => {
  const topic = await newTopic(backbone, { partitions: 7 });
  const keys = Array.from({ length: 200 }, (_, i) => `unit-${i}-${"x".repeat(i % 5)}`);
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic, messages: keys.map((key) => ({ key, value: key })) });
  await producer.disconnect();
  const records = await readAll(backbone, topic);
  const placed = [...records].flatMap(([name, list]) => list.map((record) => [text(record.key), name] as const));
  expect(new Map(placed)).toEqual(new Map(keys.map((key) => [key, `${topic}/${partitionOf(bytes(key), 7)}`])));
});
