import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import { createEmbeddedBackbone, type EmbeddedBackbone } from "../../streams/index.ts";
import { misplacedRecordsSuite } from "./misplaced-records.ts";

let dir: string;
let backbone: EmbeddedBackbone;
afterEach(async () => {
  await backbone.close();
  await rm(dir, { recursive: true });
});

misplacedRecordsSuite(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-misplaced-"));
  backbone = await createEmbeddedBackbone({ dir });
  return { backbone, registry: backbone.registry, prefix: "", dir };
}, [
  { delivery: "exactlyOnce", decisions: 60, kills: [] },
  { delivery: "exactlyOnce", decisions: 120, kills: [1, 2, 3, 4, 5] },
  { delivery: "atLeastOnce", decisions: 120, kills: [1, 2, 3, 4, 5] },
]);
