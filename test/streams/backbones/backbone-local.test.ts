import { createEmbeddedBackbone } from "../../../streams/backbones/embedded/index.ts";
import { connectLocally, serveLocally } from "../../../streams/backbones/local/index.ts";
import { backboneConformance } from "./backbone-conformance.ts";
import { newDir } from "./local/new-dir.ts";

backboneConformance("local", async () => {
  const dir = await newDir();
  const served = await createEmbeddedBackbone({ dir: dir.path });
  const server = await serveLocally(served, dir.path);
  const backbone = await connectLocally(dir.path);
  return {
    backbone: backbone!,
    async close() {
      await backbone!.close();
      await server.close();
      await served.close();
      await dir.remove();
    },
  };
});
