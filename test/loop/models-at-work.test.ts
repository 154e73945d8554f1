import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createEmbeddedBackbone } from "../../streams/index.ts";
import { modelsAtWorkSuite } from "./models-at-work.ts";

modelsAtWorkSuite(async () => {
  const dir = await mkdtemp(join(tmpdir(), "loopstream-models-"));
  const backbone = await createEmbeddedBackbone({ dir });
  onTestFinished(async () => {
    await backbone.close();
    rmSync(dir, { recursive: true });
  });
  return { backbone, registry: backbone.registry, prefix: "" };
});
