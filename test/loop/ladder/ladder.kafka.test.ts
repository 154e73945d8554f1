import { afterAll, beforeAll, inject } from "vitest";
import { createConfluentRegistry, createKafkaBackbone, prefixed, type Backbone } from "../../../streams/index.ts";
import { ladderSuite } from "./ladder.ts";

let backbone: Backbone;
let runs = 0;
beforeAll(async () => {
  backbone = await createKafkaBackbone({ brokers: inject("brokers") });
});
afterAll(() => backbone.close());

ladderSuite(async () => {
  const prefix = `ladder-${process.pid}-${++runs}.`;
  return {
    backbone: prefixed(backbone, prefix),
    registry: createConfluentRegistry({ url: inject("registry") }),
    prefix,
  };
});
