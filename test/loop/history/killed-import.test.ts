import { afterAll, beforeAll, expect, test } from "vitest";
import { random } from "../../blueprints/random.ts";
import { newDir } from "../../streams/backbones/local/new-dir.ts";
import { runKilled } from "./run-killed.ts";
import { shopFiles, shopLines } from "./shop.ts";
import { embeddedLoop, importInto, stateOf, type ShopState } from "./shop-log.ts";

let folder: Awaited<ReturnType<typeof newDir>>;
let files: ReturnType<typeof shopFiles>;
let whole: ShopState;

beforeAll(async () => {
  folder = await newDir();
  files = shopFiles(folder.path, "whole", shopLines(60));
  const { loop, close } = await embeddedLoop(`${folder.path}/whole`);
  await importInto(loop, files);
  whole = await stateOf(loop);
  await close();
});
afterAll(() => folder.remove());

test.each([1, 2])(
  "killed with -9 at any moments, an import ends with the rows of one that was not (seed %i)",
  { timeout: 900_000 },
  async (seed) => {
    const next = random(seed);
    const dir = `${folder.path}/killed-${seed}`;
    let left = 17 * 6;
    for (let kills = 0; kills < 4; kills += 1) {
      const killAt = 1 + Math.floor(next() * Math.min(30, left));
      expect(await runKilled({ dir, files, killAt })).toBe("killed");
      left -= killAt;
    }
    expect(await runKilled({ dir, files, killAt: 0 })).toBeGreaterThan(0);
    const { loop, close } = await embeddedLoop(dir);
    expect(await stateOf(loop)).toEqual(whole);
    await close();
  },
);
