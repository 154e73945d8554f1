import { join } from "node:path";
import { createEmbeddedBackbone } from "../../streams/index.ts";
import { temporaryDir } from "./command.ts";
import { manyObservations } from "./many-observations.ts";

manyObservations("embedded", async () => {
  const dir = temporaryDir();
  const backbone = await createEmbeddedBackbone({ dir: dir.path });
  return {
    backbone,
    registry: backbone.registry,
    subjectPrefix: "",
    stateDir: join(dir.path, "state"),
    async close() {
      await backbone.close();
      dir.remove();
    },
  };
});
