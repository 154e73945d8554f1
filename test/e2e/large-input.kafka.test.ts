import { randomUUID } from "node:crypto";
import { Kafka, logLevel } from "kafkajs";
import { inject } from "vitest";
import { createConfluentRegistry, createPlatformaticBackbone, prefixed } from "../../streams/index.ts";
import { temporaryDir } from "./command.ts";
import { largeInput } from "./large-input.ts";

largeInput("kafka", async () => {
  const dir = temporaryDir();
  const kafka = await createPlatformaticBackbone({ brokers: inject("brokers").split(",") });
  const registry = createConfluentRegistry({ url: inject("registry") });
  const prefix = `large-${randomUUID().slice(0, 8)}-`;
  const client = new Kafka({ brokers: inject("brokers").split(","), logLevel: logLevel.NOTHING });
  const [foreign, admin] = [client.producer(), client.admin()];
  await foreign.connect();
  await admin.connect();
  return {
    backbone: prefixed(kafka, prefix),
    registry,
    subjectPrefix: "",
    stateDir: dir.path,
    async writeForeign({ topic, partition, key, value, timestamp, headers }) {
      // As where an operator has raised it: the broker then takes 5 MB. All settings are replaced, retention stays none.
      const configEntries = [
        { name: "max.message.bytes", value: "6000000" },
        { name: "retention.ms", value: "-1" },
      ];
      await admin.alterConfigs({
        validateOnly: false,
        resources: [{ type: 2, name: prefix + topic, configEntries }],
      });
      const message = { partition, key: key as Buffer, value: value as Buffer, timestamp: String(timestamp) };
      const messages = [{ ...message, headers: (headers ?? {}) as Record<string, Buffer> }];
      await foreign.send({ topic: prefix + topic, acks: -1, messages });
      return true;
    },
    async close() {
      await foreign.disconnect();
      await admin.disconnect();
      await kafka.close();
      await registry.close();
      dir.remove();
    },
  };
});
