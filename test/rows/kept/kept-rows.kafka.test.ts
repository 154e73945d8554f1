import { Kafka, logLevel, type Admin } from "kafkajs";
import { afterAll, beforeAll, expect, inject } from "vitest";
import { createConfluentRegistry, createKafkaBackbone, prefixed } from "../../../streams/index.ts";
import { eventually } from "../../eventually.ts";
import { PARTITIONS } from "./figures.ts";
import { keptSuite } from "./kept-suite.ts";

let admin: Admin;
let runs = 0;
beforeAll(async () => {
  admin = new Kafka({ brokers: inject("brokers").split(","), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
});
afterAll(() => admin.disconnect());

keptSuite(async () => {
  const prefix = `kept-${process.pid}-${++runs}.`;
  const whole = await createKafkaBackbone({ brokers: inject("brokers") });
  const registry = createConfluentRegistry({ url: inject("registry") });
  return {
    ...{ backbone: prefixed(whole, prefix), registry, prefix },
    async trim(topic, offset) {
      await admin.fetchTopicOffsets(prefix + topic);
      await admin.deleteTopicRecords({
        topic: prefix + topic,
        partitions: Array.from({ length: PARTITIONS }, (_, partition) => ({ partition, offset: String(offset) })),
      });
    },
    async makeAnew(topic) {
      await admin.deleteTopics({ topics: [prefix + topic] });
      await eventually(async () => expect(await admin.listTopics()).not.toContain(prefix + topic));
      await eventually(() =>
        admin.createTopics({ topics: [{ topic: prefix + topic, numPartitions: PARTITIONS }], waitForLeaders: true }),
      );
      await eventually(async () => expect(await whole.describe([prefix + topic])).toHaveLength(1));
    },
    async close() {
      await whole.close();
      await registry.close();
    },
  };
});
