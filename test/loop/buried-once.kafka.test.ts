import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, inject } from "vitest";
import { createConfluentRegistry, createKafkaBackbone, prefixed, type Backbone } from "../../streams/index.ts";
import { buriedOnceSuite } from "./buried-once.ts";

let backbone: Backbone;
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-buried-"));
  backbone = await createKafkaBackbone({ brokers: inject("brokers") });
});
afterAll(async () => {
  await backbone.close();
  await rm(dir, { recursive: true });
});

buriedOnceSuite(async () => {
  const prefix = `buried-${process.pid}.`;
  const registry = createConfluentRegistry({ url: inject("registry") });
  return { backbone: prefixed(backbone, prefix), registry, prefix, dir };
});
