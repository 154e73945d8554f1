import { setTimeout } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Backbone } from "../../../../streams/backbone/backbone.ts";
import { createKafkaBackbone } from "../../../../streams/backbones/kafka/index.ts";
import { createPlatformaticBackbone } from "../../../../streams/backbones/platformatic/index.ts";
import { startProxiedKafka, type KafkaProxy } from "../../../servers/kafka-proxy.ts";
import { newTopic, outgoing, readCount, text } from "../backbone-harness.ts";

const DELIVERY_MS = 6_000;

let proxy: KafkaProxy;
beforeAll(async () => {
  proxy = await startProxiedKafka();
});
afterAll(() => proxy.stop());

const clients = [
  { client: "kafkajs", create: createKafkaBackbone },
  { client: "@platformatic/kafka", create: createPlatformaticBackbone },
];

describe.each(clients)("connections that are lost and then not answered, over $client", ({ create }) => {
  let backbone: Backbone;
  beforeEach(async () => {
    backbone = await create({ brokers: proxy.brokers, deliveryTimeoutMs: DELIVERY_MS });
  });
  afterEach(async () => {
    proxy.silent = false;
    await backbone.close();
  });

  /** All connections end, and those that are made within a second are never answered. */
  const fallSilent = (): void => {
    proxy.silent = true;
    for (const socket of proxy.connections()) socket.destroy();
    void setTimeout(1_000).then(() => (proxy.silent = false));
  };

  test("a reader reads on", { timeout: 900_000 }, async () => {
    const topic = await newTopic(backbone);
    const producer = await backbone.producer();
    const reader = await backbone.reader([{ topic, partition: 0, offset: 0 }]);
    await producer.send([outgoing(topic, "before")]);
    await readCount(reader, 1);
    fallSilent();
    const reading = readCount(reader, 1);
    await producer.send([outgoing(topic, "after")]);
    const [records] = (await reading).values();
    expect(records!.map((record) => text(record.value))).toEqual(["after"]);
    await reader.close();
    await producer.close();
  });

  test("records are sent, once each", { timeout: 900_000 }, async () => {
    const topic = await newTopic(backbone);
    const producer = await backbone.producer();
    await producer.send([outgoing(topic, "before")]);
    fallSilent();
    await producer.send([outgoing(topic, "after")]);
    const reader = await backbone.reader([{ topic, partition: 0, offset: 0 }]);
    const [records] = (await readCount(reader, 2)).values();
    expect(records!.map((record) => text(record.value))).toEqual(["before", "after"]);
    await reader.close();
    await producer.close();
  });
});
