import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import { createEmbeddedBackbone, type EmbeddedBackbone } from "../../streams/index.ts";
import { buriedOnceSuite } from "./buried-once.ts";

let dir: string;
let backbone: EmbeddedBackbone;
afterEach(async () => {
  await backbone.close();
  await rm(dir, { recursive: true });
});

buriedOnceSuite(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-buried-"));
  backbone = await createEmbeddedBackbone({ dir });
  return { backbone, registry: backbone.registry, prefix: "", dir };
});
