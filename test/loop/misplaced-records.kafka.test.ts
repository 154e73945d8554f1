import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, inject } from "vitest";
import { createConfluentRegistry, createPlatformaticBackbone, prefixed, type Backbone } from "../../streams/index.ts";
import { misplacedRecordsSuite } from "./misplaced-records.ts";

let backbone: Backbone;
let dir: string;
let count = 0;
beforeAll(async () => {
  backbone = await createPlatformaticBackbone({ brokers: inject("brokers") });
});
afterEach(() => rm(dir, { recursive: true }));
afterAll(() => backbone.close());

misplacedRecordsSuite(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-misplaced-"));
  const prefix = `misplaced-${process.pid}-${++count}.`;
  const registry = createConfluentRegistry({ url: inject("registry") });
  return { backbone: prefixed(backbone, prefix), registry, prefix, dir };
}, [
  { delivery: "exactlyOnce", decisions: 80, kills: [1, 2, 3] },
  { delivery: "atLeastOnce", decisions: 80, kills: [1, 2] },
]);
