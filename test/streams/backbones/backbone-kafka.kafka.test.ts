import { inject } from "vitest";
import { createKafkaBackbone } from "../../../streams/backbones/kafka/index.ts";
import { backboneConformance } from "./backbone-conformance.ts";

backboneConformance("Kafka", async () => {
  const backbone = await createKafkaBackbone({ brokers: inject("brokers"), heartbeatIntervalMs: 200 });
  return { backbone, close: () => backbone.close() };
});
