import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import { createEmbeddedBackbone, type EmbeddedBackbone } from "../../streams/index.ts";
import { episodesSuite } from "./episodes.ts";

let dir: string;
let backbone: EmbeddedBackbone;
afterEach(async () => {
  await backbone.close();
  await rm(dir, { recursive: true });
});

episodesSuite(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-episodes-"));
  backbone = await createEmbeddedBackbone({ dir });
  return { backbone, registry: backbone.registry, prefix: "", dir };
});
