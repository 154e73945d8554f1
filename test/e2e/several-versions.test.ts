import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createEmbeddedBackbone } from "../../streams/index.ts";
import { openTools } from "../../loop/index.ts";
import { NO_ZIP, publishedBefore, ZIP_CATEGORY, ZIP_NUMBER } from "../loop/several-versions.ts";
import { loopstream, temporaryDir } from "./command.ts";

const { path, remove } = temporaryDir();
afterAll(() => remove());

function file(name: string, text: string): string {
  const at = join(path, name);
  writeFileSync(at, text);
  return at;
}

test("publish refuses a type that changed over a version, live or not, with exit code 2 and the way out", async () => {
  const where = ["--dir", join(path, "refused"), "--partitions", "1"];
  expect((await loopstream(["blueprint", "publish", file("v1.yaml", ZIP_NUMBER), ...where])).code).toBe(0);
  expect((await loopstream(["blueprint", "publish", file("v2.yaml", NO_ZIP), ...where])).code).toBe(0);
  const third = file("v3.yaml", ZIP_CATEGORY);
  for (const more of [[], ["--not-live"]]) {
    const { code, stderr } = await loopstream(["blueprint", "publish", third, ...more, ...where]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/features\.zip in line 4: category here, number in version \w+; /),
    ]);
  }
});

test("rows and train go on past versions that can't be read, say on stderr which and how many, and end with exit code 4", async () => {
  const dir = join(path, "before");
  const backbone = await createEmbeddedBackbone({ dir });
  const tools = await openTools({ backbone, registry: backbone.registry, partitions: 1, codeVersion: "test" });
  const [numbers, none] = await publishedBefore(tools).finally(() => tools.close());
  await backbone.close();
  const said = [
    `left out 10 rows of version ${numbers!.blueprint.version}: their schema can't be read`,
    `left out 20 rows of version ${none!.blueprint.version}: features.zip: not logged there`,
  ];
  const rows = await loopstream(["rows", "--use-case", "shop", "--dir", dir]);
  expect(rows.code).toBe(4);
  expect(rows.stdout.trim().split("\n")).toHaveLength(31);
  for (const text of said) expect(rows.stderr).toContain(text);
  const train = await loopstream(["train", "--use-case", "shop", "--dir", dir, "--json"]);
  expect(train.code).toBe(4);
  expect(train.json).toMatchObject({
    rows: 30,
    leftOut: expect.arrayContaining([expect.objectContaining({ rows: 10 })]),
  });
  for (const text of said) expect(train.stderr).toContain(text);
  const version = none!.blueprint.version;
  const between = await loopstream(["rows", "--use-case", "shop", "--blueprint", version, "--dir", dir]);
  expect([between.code, between.stderr]).toEqual([0, ""]);
});
