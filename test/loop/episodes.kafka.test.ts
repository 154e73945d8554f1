import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, inject } from "vitest";
import { createConfluentRegistry, createKafkaBackbone, prefixed, type Backbone } from "../../streams/index.ts";
import { episodesSuite } from "./episodes.ts";

let backbone: Backbone;
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-episodes-"));
  backbone = await createKafkaBackbone({ brokers: inject("brokers") });
});
afterAll(async () => {
  await backbone.close();
  await rm(dir, { recursive: true });
});

episodesSuite(async () => {
  const prefix = `episodes-${process.pid}.`;
  const registry = createConfluentRegistry({ url: inject("registry") });
  return { backbone: prefixed(backbone, prefix), registry, prefix, dir };
});
