import { createEmbeddedBackbone } from "../../streams/backbones/embedded/index.ts";
import { connectLocally, serveLocally } from "../../streams/backbones/local/index.ts";
import { newDir } from "./backbones/local/new-dir.ts";
import { registryConformance } from "./registry-conformance.ts";

registryConformance("local", async () => {
  const dir = await newDir();
  const served = await createEmbeddedBackbone({ dir: dir.path });
  const server = await serveLocally(served, dir.path);
  const backbone = await connectLocally(dir.path);
  return {
    registry: backbone!.registry,
    async close() {
      await backbone!.close();
      await server.close();
      await served.close();
      await dir.remove();
    },
  };
});
