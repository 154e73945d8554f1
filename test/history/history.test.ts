import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { seeded } from "../chaos/random.ts";
import { temporaryDir } from "../e2e/command.ts";
import { forms, writeForm } from "./forms.ts";
import { importFiles, importKilled, openShop, replayed, rowsOf, whileRunning, type Row } from "./ways.ts";
import { pick, pieces, shuffled, windowsOf, worldOf, type World } from "./world.ts";

const COUNT = 120;
const HOUR = 3_600_000;
const TIMEOUT = 300_000;
/** Others: `HISTORY_SEEDS=1,2,3`. */
const seeds = (process.env["HISTORY_SEEDS"] ?? "5").split(",").map(Number);

const dir = temporaryDir();
afterAll(() => dir.remove());

describe.each(seeds)("history of seed %i", (seed) => {
  const random = seeded(seed);
  const world = worldOf(random, COUNT);
  let truth: readonly Row[];
  const place = (name: string): string => join(dir.path, `${seed}-${name.replaceAll(" ", "-")}`);
  const write = (form: (typeof forms)[number], name: string, of: World = world) =>
    writeForm(form, of, random, dir.path, `${seed}-${name.replaceAll(" ", "-")}`);
  const mixed: World = {
    decisions: shuffled(random, world.decisions),
    observations: shuffled(random, world.observations),
  };
  const ids = (rows: readonly Row[]): readonly unknown[] => rows.map(({ decisionId }) => decisionId);

  test("rows of a CSV have the windows that each observation, looked at, gives", { timeout: TIMEOUT }, async () => {
    const shop = await openShop(place("truth"));
    await importFiles(shop, await write("csv", "truth"));
    truth = await rowsOf(shop);
    expect(ids(truth)).toEqual(world.decisions.map(({ id }) => id).sort());
    const windows = windowsOf(world);
    for (const row of truth) expect(row).toMatchObject(windows.get(String(row["decisionId"]))!);
    expect(await replayed(shop)).toEqual(truth);
  });

  test.each(forms)("%s gives the same rows, and again nothing", { timeout: TIMEOUT }, async (form) => {
    const shop = await openShop(place(form));
    const files = await write(form, form);
    await importFiles(shop, files);
    expect(await rowsOf(shop)).toEqual(truth);
    await importFiles(shop, await write(form, `${form}-again`));
    expect(await rowsOf(shop)).toEqual(truth);
    expect(await replayed(shop)).toEqual(truth);
  });

  test("files in no order, sorted, give the same rows", { timeout: TIMEOUT }, async () => {
    const shop = await openShop(place("mixed"));
    await importFiles(shop, await write(pick(random, forms), "mixed", mixed), ["--sort"]);
    expect(await rowsOf(shop)).toEqual(truth);
  });

  test("pieces that overlap, each in another form, give the same rows", { timeout: TIMEOUT }, async () => {
    const shop = await openShop(place("pieces"));
    for (const [index, piece] of pieces(world, 4, 5 * HOUR).entries()) {
      await importFiles(shop, await write(forms[(index + seed) % forms.length]!, `piece-${index}`, piece));
    }
    const rows = await rowsOf(shop);
    expect(rows).toEqual(truth);
    expect(await replayed(shop)).toEqual(truth);
  });

  test("an import that is killed, and killed again, gives the same rows", { timeout: TIMEOUT }, async () => {
    const shop = await openShop(place("killed"));
    const kills = Array.from({ length: 5 }, () => 400 + Math.floor(random() * 1_800));
    await importKilled(shop, await write(pick(random, forms), "killed"), kills);
    expect(await rowsOf(shop)).toEqual(truth);
    expect(await replayed(shop)).toEqual(truth);
  });

  test("published before the loop starts it gives the same rows", { timeout: TIMEOUT }, async () => {
    const shop = await openShop(place("before"));
    await importFiles(shop, await write(pick(random, forms), "before"), ["--no-run"]);
    expect(await whileRunning(shop, COUNT, () => Promise.resolve())).toEqual(truth);
    expect(await replayed(shop)).toEqual(truth);
  });

  test("published while the loop runs it gives the same rows", { timeout: TIMEOUT }, async () => {
    const shop = await openShop(place("during"));
    const files = await write(pick(random, forms), "during");
    expect(await whileRunning(shop, COUNT, () => importFiles(shop, files))).toEqual(truth);
    expect(await replayed(shop)).toEqual(truth);
  });
});
