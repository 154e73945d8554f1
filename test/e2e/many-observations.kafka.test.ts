import { randomUUID } from "node:crypto";
import { inject } from "vitest";
import { createConfluentRegistry, createKafkaBackbone, prefixed } from "../../streams/index.ts";
import { manyObservations } from "./many-observations.ts";
import { temporaryDir } from "./command.ts";

manyObservations("kafka", async () => {
  const dir = temporaryDir();
  const kafka = await createKafkaBackbone({ brokers: inject("brokers").split(",") });
  const registry = createConfluentRegistry({ url: inject("registry") });
  const prefix = `many-${randomUUID().slice(0, 8)}-`;
  return {
    backbone: prefixed(kafka, prefix),
    registry,
    subjectPrefix: "",
    stateDir: dir.path,
    async close() {
      await kafka.close();
      await registry.close();
      dir.remove();
    },
  };
});
