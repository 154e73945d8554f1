import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import { createEmbeddedBackbone, type EmbeddedBackbone } from "../../streams/index.ts";
import { severalVersionsSuite } from "./several-versions.ts";

let dir: string;
let backbone: EmbeddedBackbone;
afterEach(async () => {
  await backbone.close();
  await rm(dir, { recursive: true });
});

severalVersionsSuite(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-versions-"));
  backbone = await createEmbeddedBackbone({ dir });
  return { backbone, registry: backbone.registry, prefix: "" };
});
