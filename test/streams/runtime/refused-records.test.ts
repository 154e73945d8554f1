import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import { createEmbeddedBackbone, type EmbeddedBackbone } from "../../../streams/index.ts";
import { refusedRecordsSuite } from "./refused-records.ts";

let dir: string;
let backbone: EmbeddedBackbone;
afterEach(async () => {
  await backbone.close();
  rmSync(dir, { recursive: true });
});

refusedRecordsSuite(async () => {
  dir = mkdtempSync(join(tmpdir(), "loopstream-refused-"));
  backbone = await createEmbeddedBackbone({ dir });
  return { backbone, registry: backbone.registry, dir, name: "refused" };
});
