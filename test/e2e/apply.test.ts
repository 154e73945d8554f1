import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { PARCELS } from "../operators/parcels.ts";
import { applySuite } from "./apply.ts";
import { loopstream, temporaryDir } from "./command.ts";
import { startLoopstream } from "./running.ts";

applySuite("embedded", (folder) => ["--dir", folder]);

const dir = temporaryDir();
afterAll(() => dir.remove());

test("beside a running loop the next decision is made by the applied version", { timeout: 60_000 }, async () => {
  const file = join(dir.path, "parcels.yaml");
  const where = ["--dir", join(dir.path, "data"), "--json"];
  writeFileSync(file, PARCELS);
  const loop = startLoopstream(["start", "--blueprint", file, ...where]);
  try {
    await loop.says("the loop is running");
    const wider = PARCELS.replace(
      "features:\n",
      "features:\n  - n_depot_2d: { count: true, of: scan, by: depot, in: 2d }\n",
    );
    writeFileSync(file, wider);
    const applied = await loopstream(["blueprint", "apply", file, ...where]);
    expect(applied).toMatchObject({
      code: 0,
      json: { blueprints: [{ action: "changed", published: { warming: { instances: 1, ready: 1 } } }] },
    });
    const asked = ["decide", "--use-case", "parcels", "--unit", "anna", "--default", "false", "depot=north"];
    expect((await loopstream([...asked, ...where])).json["blueprint"]).toBe(parseBlueprint(wider).version);
    expect(await loopstream(["blueprint", "apply", file, ...where])).toMatchObject({ code: 0, json: { changes: 0 } });
  } finally {
    loop.send("SIGTERM");
    await loop.ended();
  }
});

test("a dry run makes no log in a directory without one", async () => {
  const file = join(dir.path, "only.yaml");
  writeFileSync(file, PARCELS);
  const none = join(dir.path, "none");
  const { code, stderr } = await loopstream(["blueprint", "apply", "--dry-run", file, "--dir", none]);
  expect([code, stderr]).toEqual([2, expect.stringContaining(`${none}: there is no log of loopstream there`)]);
  expect(existsSync(none)).toBe(false);
});
