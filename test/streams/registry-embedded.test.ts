import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEmbeddedBackbone } from "../../streams/backbones/embedded/index.ts";
import { createMemoryRegistry } from "../../streams/registry/memory-registry.ts";
import { registryConformance } from "./registry-conformance.ts";

registryConformance("embedded", async () => {
  const dir = await mkdtemp(join(tmpdir(), "loopstream-registry-"));
  const backbone = await createEmbeddedBackbone({ dir });
  return {
    registry: backbone.registry,
    async close() {
      await backbone.close();
      await rm(dir, { recursive: true });
    },
  };
});

registryConformance("memory", () => {
  const registry = createMemoryRegistry();
  return Promise.resolve({ registry, close: () => registry.close() });
});
