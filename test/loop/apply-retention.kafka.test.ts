import { afterAll, beforeAll, describe, inject } from "vitest";
import {
  createConfluentRegistry,
  createKafkaBackbone,
  createPlatformaticBackbone,
  prefixed,
  type Backbone,
} from "../../streams/index.ts";
import { retentionSuite } from "./apply-retention.ts";

describe.each([
  ["kafkajs", createKafkaBackbone],
  ["@platformatic/kafka", createPlatformaticBackbone],
] as const)("over %s", (name, create) => {
  let backbone: Backbone;
  let runs = 0;
  beforeAll(async () => {
    backbone = await create({ brokers: inject("brokers") });
  });
  afterAll(() => backbone.close());
  retentionSuite(async () => {
    const prefix = `retention-${name.length}-${process.pid}-${++runs}.`;
    const registry = createConfluentRegistry({ url: inject("registry") });
    return { backbone: prefixed(backbone, prefix), registry, prefix };
  });
});
