import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEmbeddedBackbone } from "../../../streams/backbones/embedded/index.ts";
import { backboneConformance } from "./backbone-conformance.ts";

backboneConformance("embedded", async () => {
  const dir = await mkdtemp(join(tmpdir(), "loopstream-backbone-"));
  const backbone = await createEmbeddedBackbone({ dir });
  return {
    backbone,
    async close() {
      await backbone.close();
      await rm(dir, { recursive: true });
    },
  };
});
