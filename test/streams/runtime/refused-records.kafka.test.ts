import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, inject } from "vitest";
import {
  createConfluentRegistry,
  createPlatformaticBackbone,
  type Backbone,
  type SchemaRegistry,
} from "../../../streams/index.ts";
import { refusedRecordsSuite } from "./refused-records.ts";

let dir: string;
let backbone: Backbone;
let registry: SchemaRegistry;
beforeAll(async () => {
  backbone = await createPlatformaticBackbone({ brokers: inject("brokers") });
  registry = createConfluentRegistry({ url: inject("registry") });
});
afterEach(() => rmSync(dir, { recursive: true }));
afterAll(async () => {
  await backbone.close();
  await registry.close();
});

refusedRecordsSuite(async () => {
  dir = mkdtempSync(join(tmpdir(), "loopstream-refused-"));
  return { backbone, registry, dir, name: `refused-${randomUUID().slice(0, 8)}` };
});
