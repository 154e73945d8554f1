import { afterAll, beforeAll, inject } from "vitest";
import { createConfluentRegistry, createKafkaBackbone, prefixed, type Backbone } from "../../../../streams/index.ts";
import { episodesLadderSuite } from "./episodes.ts";

let backbone: Backbone;
let runs = 0;
beforeAll(async () => {
  backbone = await createKafkaBackbone({ brokers: inject("brokers") });
});
afterAll(() => backbone.close());

episodesLadderSuite(async () => {
  const prefix = `ladder-episodes-${process.pid}-${++runs}.`;
  return {
    backbone: prefixed(backbone, prefix),
    registry: createConfluentRegistry({ url: inject("registry") }),
    prefix,
  };
});
