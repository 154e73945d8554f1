import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdtemp, readdir, readFile, rename, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { compileBlueprint } from "../../../blueprints/index.ts";
import { readModels } from "../../../catalogue/index.ts";
import { openTools } from "../../../loop/index.ts";
import type { TrainingRow } from "../../../schemas/index.ts";
import { openShared } from "../../../streams/index.ts";
import { fitModel, rebuildModel, trainModel } from "../../../trainer/index.ts";
import { publishedBefore, row } from "../../loop/several-versions.ts";
import { HOUR, rows, START, TEXT as PARCELS } from "../../trainer/parcel-rows.ts";
import { embeddedGround } from "./embedded-ground.ts";
import { CHUNK, figuresOf, PARTITIONS } from "./figures.ts";
import { keptWorld, type KeptWorld } from "./kept-world.ts";

const TEXT = PARCELS.replace("rounds: 12", "rounds: 2");
const compiled = compileBlueprint(TEXT);
const topic = "training-rows.parcels";
const MANY = 1_800;
const until = START + 10_000 * HOUR;
const OPEN = PARTITIONS * (CHUNK + 1);
const own = (from: number, count: number, signal: number): readonly TrainingRow[] =>
  rows(from, count, signal).map((each) => ({ ...each, blueprintVersion: compiled.blueprint.version }));

let world: KeptWorld;
beforeEach(async () => {
  world = await keptWorld(await embeddedGround());
  await world.publishVersion(TEXT);
});
afterEach(() => world.close());

/** Kept rows of `MANY` rows. */
async function kept(): Promise<readonly string[]> {
  await world.publish(compiled, own(0, MANY, 1));
  await world.same(compiled, until);
  const files = await world.files();
  expect(files).toHaveLength(4);
  return files;
}

describe("files that can't be trusted", () => {
  const damages: Readonly<Record<string, (file: string, files: readonly string[]) => Promise<void>>> = {
    "cut off in the middle, as by a kill": async (file) => truncate(file, 5_000),
    "cut off in its head": async (file) => truncate(file, 20),
    empty: async (file) => writeFile(file, ""),
    "with a flipped bit": async (file) => {
      const bytes = await readFile(file);
      bytes[Math.floor(bytes.length / 2)]! ^= 4;
      await writeFile(file, bytes);
    },
    "of another format": async (file) => {
      const bytes = await readFile(file);
      bytes.write("LSROWS00");
      await writeFile(file, bytes);
    },
    gone: async (file) => rm(file),
    "with another one's content": async (file, files) =>
      copyFile(
        files.find((other) => other !== file)!,
        file,
      ),
    "under another name": async (file) => rename(file, file.replace(/-(\d+)-(\d+)\.rows$/, "-0-600.rows")),
  };
  test.each(Object.entries(damages))("%s: the rows are read from the topic, and kept anew", async (_, damage) => {
    const files = await kept();
    const before = await Promise.all(files.map((file) => readFile(file)));
    // The first of a partition, and then the last.
    for (const place of [0, 3]) {
      await damage(files[place]!, files);
      expect((await world.same(compiled, until)).fromTopic).toBeLessThan(OPEN + 2 * CHUNK);
      expect(await world.files()).toEqual(files);
      expect(await Promise.all(files.map((file) => readFile(file)))).toEqual(before);
    }
  });

  test("an unfinished file is not read, and goes once it is an hour old", async () => {
    const files = await kept();
    const [young, old] = ["young", "old"].map((name) => join(dirname(files[0]!), `${name}.unfinished`)) as [
      string,
      string,
    ];
    for (const path of [young, old]) await copyFile(files[0]!, path);
    await utimes(old, new Date(), new Date(Date.now() - 2 * HOUR));
    await world.publish(compiled, own(MANY, MANY, 1));
    await world.same(compiled, until);
    const names = (await world.files()).map((path) => basename(path));
    expect(names).toContain("young.unfinished");
    expect(names).not.toContain("old.unfinished");
  });

  test("another release reads the rows anew, and each finds its own", async () => {
    await kept();
    const other = { ...world.place, codeVersion: "other" };
    expect((await world.same(compiled, until, other)).fromTopic).toBeGreaterThanOrEqual(MANY);
    expect((await world.same(compiled, until, other)).fromTopic).toBeLessThan(OPEN);
    expect((await world.same(compiled, until)).fromTopic).toBeLessThan(OPEN);
  });

  test("a folder that can't be made costs nothing but its use", async () => {
    await world.publish(compiled, own(0, MANY, 1));
    const file = join(world.dir, "file");
    await writeFile(file, "");
    const place = { ...world.place, folder: join(file, "rows") };
    expect((await world.same(compiled, until, place)).fromTopic).toBeGreaterThanOrEqual(MANY);
  });
});

test("kept rows take no more room than they may, and what has no room is read from the topic", async () => {
  await kept();
  const one = (await world.bytes()) / 4;
  await rm(world.folder, { recursive: true });
  const place = { ...world.place, mostBytes: 2.5 * one };
  for (let round = 0; round < 2; round++) {
    const { fromTopic } = await world.same(compiled, until, place);
    expect(await world.bytes()).toBeLessThanOrEqual(place.mostBytes);
    expect(await world.files()).toHaveLength(2);
    if (round > 0) expect(fromTopic).toBeLessThan(OPEN + 2 * CHUNK);
  }
  // Another use case takes the room of one that nobody has read for two days, and no other's.
  const other = compileBlueprint(TEXT.replace("useCase: parcels", "useCase: letters"));
  await world.publishVersion(other.blueprint.text);
  await world.publish(
    other,
    own(0, MANY, -1).map((each) => ({ ...each, blueprintVersion: other.blueprint.version })),
  );
  await world.same(other, until, place);
  expect((await world.files()).every((file) => file.includes("parcels"))).toBe(true);
  const long = new Date(Date.now() - 72 * HOUR);
  await utimes(dirname((await world.files())[0]!), long, long);
  await world.same(other, until, place);
  expect((await world.files()).every((file) => file.includes("letters"))).toBe(true);
  expect(await world.bytes()).toBeLessThanOrEqual(place.mostBytes);
});

test("records that are no rows are told each time, and rows that a version can't read are counted each time", async () => {
  const [numbers, , categories] = await publishedBefore(world.tools);
  const shop = compileBlueprint(categories!.blueprint.text);
  const ofShop = (version: typeof shop, from: number, count: number, zip: unknown): readonly TrainingRow[] =>
    Array.from({ length: count }, (_, at) => row(version, from + at, { price: at, zip }));
  await world.publish(numbers!, ofShop(numbers!, 1_000, 500, 94110));
  await world.publish(shop, ofShop(shop, 2_000, 1_000, "94110"));
  const producer = await world.backbone.producer();
  const bad = { topic: "training-rows.shop", key: null, value: Buffer.from("no row"), timestamp: START + HOUR };
  await producer.send([0, 1, 1].map((partition) => ({ ...bad, partition })));
  await world.publish(shop, ofShop(shop, 4_000, 1_000, "94111"));
  await producer.close();
  const { unreadable } = world.tools.serdes;
  const report = unreadable.report.bind(unreadable);
  for (let round = 0; round < 3; round++) {
    let told = 0;
    unreadable.report = (record, error) => {
      told++;
      report(record, error);
    };
    const { read, fromTopic } = await world.same(shop, until);
    // Twice by rows alone and twice by trainings.
    expect(told).toBe(4 * 3);
    expect(read.rows).toHaveLength(2_030);
    expect(read.leftOut).toMatchObject([
      { kind: "otherVersion", rows: 20 },
      { kind: "unreadable", rows: 510 },
    ]);
    if (round > 0) expect(fromTopic).toBeLessThan(2 * OPEN);
  }
});

test("a model is rebuilt from the topic alone, whatever is kept", async () => {
  await world.publish(compiled, own(0, MANY, 1));
  const tools = { ...world.tools, fit: fitModel, keptRows: world.place };
  for (let round = 0; round < 2; round++) await trainModel(tools, { useCase: "parcels", until: until + round });
  const before = world.readOf(topic);
  for (const model of await readModels(world.tools)) {
    expect(await rebuildModel(tools, model)).toMatchObject({ equal: true, problem: null });
  }
  expect(world.readOf(topic) - before).toBe(2 * MANY);
});

test("a loop keeps what its trainings have read beside its state, and an opened tool without state keeps nothing", async () => {
  const stateDir = join(world.dir, "state");
  const { registry, backbone } = world.ground;
  const options = { backbone: world.backbone, registry, partitions: PARTITIONS, codeVersion: "test" };
  await world.publish(compiled, own(0, 10_000, 1));
  const seen: number[] = [];
  for (const at of [undefined, stateDir, stateDir]) {
    const tools = await openTools({ ...options, stateDir: at });
    const before = world.readOf(topic);
    await trainModel({ ...tools, fit: fitModel }, { useCase: "parcels", until });
    seen.push(world.readOf(topic) - before);
    await tools.close();
  }
  const ends = (await backbone.offsets([topic])).map(({ end }) => end);
  expect(seen).toEqual([10_000, 10_000, ends.reduce((sum, end) => sum + (end - 4_096) + 1, 0)]);
  const files = await readdir(`${stateDir}-rows`, { recursive: true });
  expect(files.filter((name) => name.endsWith(".rows"))).toHaveLength(PARTITIONS);
});

test("two processes at once, of which one is killed, leave nothing that changes the rows", async () => {
  await world.publish(compiled, own(0, MANY, 1));
  const expected = figuresOf(compiled, await world.read(compiled, until));
  const log = await mkdtemp(join(tmpdir(), "loopstream-kept-shared-"));
  const { backbone, registry, close } = await openShared(log);
  const other = await keptWorld({
    ...{ backbone, registry, close },
    trim: () => Promise.resolve(),
    makeAnew: () => Promise.resolve(),
  });
  await other.publishVersion(TEXT);
  await other.publish(compiled, own(0, MANY, 1));
  const shared = join(log, "kept");
  const run = (isKilled: boolean): Promise<string> =>
    new Promise((done) => {
      const args = [join(import.meta.dirname, "reading-process.ts"), log, shared, TEXT];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
      // Its folder is made just before the first file is written.
      const timer = isKilled ? setInterval(() => existsSync(shared) && child.kill("SIGKILL"), 1) : undefined;
      let said = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
      child.on("close", () => {
        clearInterval(timer);
        done(said);
      });
    });
  expect((await run(true)).split("\n").length).toBeLessThan(5);
  const others = await Promise.all([run(false), run(false)]);
  others.push(await run(false));
  for (const said of others) {
    const read = said.split("\n").slice(1, -1);
    expect(read).toHaveLength(3);
    for (const line of read) expect(JSON.parse(line)).toEqual({ ...expected, ranges: expect.anything() });
  }
  await other.close();
  await rm(log, { recursive: true });
});
