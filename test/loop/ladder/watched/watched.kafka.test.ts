import { afterAll, beforeAll, inject } from "vitest";
import { createConfluentRegistry, createKafkaBackbone, prefixed, type Backbone } from "../../../../streams/index.ts";
import { watchedSuite } from "./watched.ts";

let backbone: Backbone;
let runs = 0;
beforeAll(async () => {
  backbone = await createKafkaBackbone({ brokers: inject("brokers") });
});
afterAll(() => backbone.close());

watchedSuite(async () => {
  const prefix = `watched-${process.pid}-${++runs}.`;
  return {
    backbone: prefixed(backbone, prefix),
    registry: createConfluentRegistry({ url: inject("registry") }),
    prefix,
  };
});
