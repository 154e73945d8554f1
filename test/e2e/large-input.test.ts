import { join } from "node:path";
import { createEmbeddedBackbone } from "../../streams/index.ts";
import { temporaryDir } from "./command.ts";
import { largeInput } from "./large-input.ts";

largeInput("embedded", async () => {
  const dir = temporaryDir();
  const backbone = await createEmbeddedBackbone({ dir: dir.path });
  return {
    backbone,
    registry: backbone.registry,
    subjectPrefix: "",
    stateDir: join(dir.path, "state"),
    writeForeign: () => Promise.resolve(false),
    async close() {
      await backbone.close();
      dir.remove();
    },
  };
});
