import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Kafka, logLevel } from "kafkajs";
import { expect, inject, test } from "vitest";
import { createClient } from "../../client/index.ts";
import { deadLetters, decisionReplies, decisionRequests, decisions } from "../../schemas/index.ts";
import {
  createConfluentRegistry,
  createPlatformaticBackbone,
  prefixed,
  readTopic,
  replyHeaders,
} from "../../streams/index.ts";
import { publishBlueprint, startLoop } from "../../loop/index.ts";
import { flights, temporaryDir } from "./command.ts";

test(
  "a product's own reply topic that is deleted, or takes no reply, holds nobody up: its requests are decided and are dead letters",
  { timeout: 900_000 },
  async () => {
    const dir = temporaryDir();
    const brokers = inject("brokers").split(",");
    const kafka = await createPlatformaticBackbone({ brokers });
    const registry = createConfluentRegistry({ url: inject("registry") });
    const prefix = `replies-${randomUUID().slice(0, 8)}-`;
    const backbone = prefixed(kafka, prefix);
    const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const loop = await startLoop({
      id: "replies",
      backbone,
      registry,
      stateDir: dir.path,
      partitions: 2,
      delivery: "exactlyOnce",
      commitIntervalMs: 5,
      maxTaskIdleMs: 0,
      salt: "test",
      codeVersion: "test",
    });
    const client = createClient({ backbone, registry });
    try {
      await publishBlueprint(loop, readFileSync(flights.blueprint, "utf8"));
      await loop.application.idle();
      const [gone, small] = ["decision-replies-gone", "decision-replies-small"];
      await backbone.ensureTopics([gone].map((name) => ({ name, partitions: 1, cleanup: "delete" })));
      const configEntries = [{ name: "max.message.bytes", value: "150" }];
      await admin.createTopics({ topics: [{ topic: `${prefix}${small}`, numPartitions: 1, configEntries }] });
      const ask = async (decisionId: string, topic: string): Promise<void> => {
        const value = { decisionId, useCase: "flight-delays", unit: "u", context: { carrier: "UA" }, deferred: false };
        const headers = replyHeaders(topic, 0, Buffer.from("c"));
        await loop.publisher.publish([{ topic: decisionRequests, key: decisionId, value, time: Date.now(), headers }]);
        await loop.application.idle();
      };
      await ask("there", gone);
      await admin.deleteTopics({ topics: [`${prefix}${gone}`] });
      await ask("gone", gone);
      await ask("small", small);
      const control = { unit: "u", context: { carrier: "UA" } };
      const { reason } = await client.getDecision("flight-delays", control, { timeout: 20_000 });
      expect(reason).toBe("noModel");
      const letters: string[] = [];
      for await (const { value } of readTopic(backbone, loop.serdes, deadLetters)) {
        letters.push(`${value.code} ${value.topic}`);
      }
      expect(letters).toEqual([
        expect.stringMatching(/^UNKNOWN_REPLY_TOPIC .*decision-requests$/),
        expect.stringMatching(/^RECORD_TOO_LARGE .*decision-requests$/),
      ]);
      const made: string[] = [];
      for await (const { key } of readTopic(backbone, loop.serdes, decisions)) made.push(key);
      expect(made.sort()).toEqual(expect.arrayContaining(["gone", "small", "there"]));
      expect(made).toHaveLength(4);
      const replied: string[] = [];
      for await (const { key } of readTopic(backbone, loop.serdes, decisionReplies)) replied.push(key);
      expect(replied).toHaveLength(1);
    } finally {
      await client.close();
      await loop.close();
      await admin.disconnect();
      await kafka.close();
      await registry.close();
      dir.remove();
    }
  },
);
