import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { createEmbeddedBackbone } from "../../../../streams/index.ts";
import { watchedSuite } from "./watched.ts";

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

watchedSuite(async () => {
  const dir = await mkdtemp(join(tmpdir(), "loopstream-watched-log-"));
  const backbone = await createEmbeddedBackbone({ dir });
  closing.push(async () => {
    await backbone.close();
    await rm(dir, { recursive: true });
  });
  return { backbone, registry: backbone.registry, prefix: "" };
});
