import { Kafka, logLevel } from "kafkajs";
import { expect, inject, test } from "vitest";

test("the broker answers and keeps a topic it is asked to create", async () => {
  const topic = `servers-${process.pid}-${Date.now()}`;
  const admin = new Kafka({ brokers: inject("brokers").split(","), logLevel: logLevel.ERROR }).admin();
  await admin.connect();
  try {
    await admin.createTopics({ topics: [{ topic, numPartitions: 3, replicationFactor: 1 }], waitForLeaders: true });
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    expect(topics.map(({ name, partitions }) => ({ name, partitions: partitions.length }))).toEqual([
      { name: topic, partitions: 3 },
    ]);
  } finally {
    await admin.disconnect();
  }
});

test("the registry answers with its subjects", async () => {
  const response = await fetch(`${inject("registry")}/subjects`);
  expect(response.status).toBe(200);
  expect(await response.json()).toBeInstanceOf(Array);
});
