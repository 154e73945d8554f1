import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { createEmbeddedBackbone, type EmbeddedBackbone } from "../../streams/index.ts";
import { localClientSuite } from "./local-client-suite.ts";

let backbone: EmbeddedBackbone;
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-local-"));
  backbone = await createEmbeddedBackbone({ dir: join(dir, "log") });
});
afterAll(async () => {
  await backbone.close();
  await rm(dir, { recursive: true });
});

localClientSuite(() => Promise.resolve({ backbone, registry: backbone.registry, prefix: "", dir }));
