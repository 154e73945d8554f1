import { inject } from "vitest";
import { createPlatformaticBackbone } from "../../../streams/backbones/platformatic/index.ts";
import { backboneConformance } from "./backbone-conformance.ts";

backboneConformance("Kafka (over @platformatic/kafka)", async () => {
  const backbone = await createPlatformaticBackbone({ brokers: inject("brokers"), heartbeatIntervalMs: 200 });
  return { backbone, close: () => backbone.close() };
});
