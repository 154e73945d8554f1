import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createEmbeddedBackbone } from "../../../streams/index.ts";
import { newDir } from "../../streams/backbones/local/new-dir.ts";
import { forgottenFiles, importDecisionsLater, visitsOfDay } from "./forgotten-events.ts";
import { loopOptions } from "./shop-log.ts";

let folder: Awaited<ReturnType<typeof newDir>>;
beforeAll(async () => void (folder = await newDir()));
afterAll(() => folder.remove());

test("decisions whose events were imported alone and are forgotten by now have them in their windows", async () => {
  const dir = join(folder.path, "log");
  const backbone = await createEmbeddedBackbone({ dir });
  const options = loopOptions(backbone, backbone.registry, join(dir, "state"));
  const { visits, recalled } = await importDecisionsLater([options], forgottenFiles(folder.path));
  await backbone.close();
  expect(visits).toEqual(visitsOfDay());
  expect(recalled).toBe(1);
});
