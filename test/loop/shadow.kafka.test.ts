import { afterAll, beforeAll, inject } from "vitest";
import { createConfluentRegistry, createKafkaBackbone, prefixed, type Backbone } from "../../streams/index.ts";
import { shadowSuite } from "./shadow.ts";

let backbone: Backbone;
let runs = 0;
beforeAll(async () => {
  backbone = await createKafkaBackbone({ brokers: inject("brokers") });
});
afterAll(() => backbone.close());

shadowSuite(async () => {
  const prefix = `shadows-${process.pid}-${++runs}.`;
  const registry = createConfluentRegistry({ url: inject("registry") });
  return { backbone: prefixed(backbone, prefix), registry, prefix };
});
