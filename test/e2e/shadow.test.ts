import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { eventually } from "../eventually.ts";
import { PARCELS } from "../operators/parcels.ts";
import { loopstream, temporaryDir, type Ran } from "./command.ts";
import { startLoopstream } from "./running.ts";

const dir = temporaryDir();
afterAll(() => dir.remove());

const later = PARCELS.replace("in: 24h", "in: 12h");
const version = parseBlueprint(later).version;
const live = parseBlueprint(PARCELS).version;
const where = ["--dir", join(dir.path, "data")];
const blueprint = (...words: string[]): Promise<Ran> => loopstream(["blueprint", ...words, ...where, "--json"]);
const stateOf = async (of: string): Promise<unknown> => {
  const listed = (await blueprint("list")).json as unknown as { version: string; state: string }[];
  return listed.find((each) => each.version === of)?.state;
};

test(
  "a version decides in shadow beside the loop, is compared with it, and goes live",
  { timeout: 180_000 },
  async () => {
    writeFileSync(join(dir.path, "live.yaml"), PARCELS);
    writeFileSync(join(dir.path, "later.yaml"), later);
    expect(await blueprint("publish", join(dir.path, "live.yaml"))).toMatchObject({ code: 0 });
    const loop = startLoopstream(["start", ...where, "--json"]);
    const shadows = startLoopstream(["shadows", ...where, "--json"]);
    try {
      await loop.says("the loop is running");
      await shadows.says("0 in shadow");
      const begun = await blueprint("shadow", "parcels", join(dir.path, "later.yaml"));
      expect(begun.json).toMatchObject({
        version,
        unchanged: false,
        rowsTopic: `shadow-parcels-${version}-training-rows.parcels`,
      });
      expect((await blueprint("shadow", "parcels", version)).json).toMatchObject({ unchanged: true });
      expect(await stateOf(version)).toBe("shadow");
      await shadows.says("1 in shadow");
      const asked = [
        "decide",
        "--use-case",
        "parcels",
        "--unit",
        "anna",
        "--default",
        "false",
        "depot=north",
        "weight=3",
      ];
      for (let n = 0; n < 3; n++)
        expect((await loopstream([...asked, ...where, "--json"])).json["blueprint"]).toBe(live);
      await eventually(
        async () =>
          expect((await blueprint("compare", "parcels", version)).json).toMatchObject({
            ...{ useCase: "parcels", version, decisions: 3, liveOnly: 0, shadowOnly: 0, flipped: 0 },
          }),
        { timeout: 60_000, interval: 500 },
      );
      const text = await loopstream(["blueprint", "compare", "parcels", version, ...where]);
      expect(text.stdout).toMatch(/in shadow: 3 decisions that the live version made too[^]*flipped +0 \(0\.00 %\)/);
      expect((await blueprint("shadow", "parcels", live)).json).toMatchObject({ code: "ILLEGAL_MOVE" });
      expect((await blueprint("compare", "parcels", live)).json).toMatchObject({ code: "ILLEGAL_MOVE" });
      expect((await blueprint("promote", "parcels", version)).json).toMatchObject({ version });
      expect(await stateOf(version)).toBe("live");
      expect((await loopstream([...asked, ...where, "--json"])).json["blueprint"]).toBe(version);
      expect((await blueprint("shadow", "parcels", version, "--end")).json).toMatchObject({ code: "ILLEGAL_MOVE" });
      expect(await blueprint("rollback", "parcels")).toMatchObject({ code: 0 });
      expect(await stateOf(version)).toBe("replaced");
      shadows.send("SIGTERM");
      expect(await shadows.ended()).toMatchObject({ code: 0 });
    } finally {
      shadows.kill();
      loop.send("SIGTERM");
      await loop.ended();
    }
  },
);

test("in a mistyped folder there is no loop to be beside", async () => {
  const ran = await loopstream(["shadows", "--dir", join(dir.path, "nowhere")]);
  expect(ran.code).not.toBe(0);
  expect(ran.stderr).toContain("there is no log of loopstream there");
});
