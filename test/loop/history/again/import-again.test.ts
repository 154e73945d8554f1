import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newDir } from "../../../streams/backbones/local/new-dir.ts";
import { ImportFeed } from "../../../../loop/history/import-feed.ts";
import { clock } from "../../../../schemas/index.ts";
import { readTopic } from "../../../../streams/index.ts";
import type { Loop } from "../../../../loop/index.ts";
import { at, shopFiles, shopLines, START, type ShopLines } from "../shop.ts";
import { embeddedLoop, importInto, stateOf, type ShopState } from "../shop-log.ts";

let folder: Awaited<ReturnType<typeof newDir>>;
let whole: ShopState;
const lines = shopLines(40);
const fileOf = (name: string, some = lines) => shopFiles(folder.path, name, some);
let logs = 0;
const log = () => embeddedLoop(`${folder.path}/log-${(logs += 1)}`);

/** The lines of some minutes. */
function between(from: number, to: number): ShopLines {
  const isWithin = (line: string): boolean => {
    const time = line.split(",")[1]!;
    return time >= at(from) && time < at(Math.min(to, 1e6));
  };
  return { decisions: lines.decisions.filter(isWithin), observations: lines.observations.filter(isWithin) };
}

beforeAll(async () => {
  folder = await newDir();
  const { loop, close } = await log();
  await importInto(loop, fileOf("whole"));
  whole = await stateOf(loop);
  await close();
});
afterAll(() => folder.remove());

test("two equal lines of a file are two observations and two events", () => {
  expect(whole.rows.length).toBe(40);
  expect([whole.observations, whole.events]).toEqual([48, 48]);
});

describe("the same rows as from one import of the whole", () => {
  test("come of the same files again, which is told", async () => {
    const { loop, close } = await log();
    await importInto(loop, fileOf("again"));
    const { counts } = await importInto(loop, fileOf("again under another name"));
    expect(counts).toMatchObject({ decisions: 0, observations: 0, events: 0, known: 88 });
    const dry = await importInto(loop, fileOf("more", shopLines(41)), { dryRun: true });
    expect(dry.counts).toMatchObject({ decisions: 1, observations: 2, known: 88 });
    expect(await stateOf(loop)).toEqual(whole);
    await close();
  });

  test("come of a part and then a file that overlaps it, another process in between", async () => {
    const dir = `${folder.path}/log-parts`;
    const first = await embeddedLoop(dir);
    await importInto(first.loop, fileOf("first", between(0, 245)));
    await first.close();
    const second = await embeddedLoop(dir);
    const { counts } = await importInto(second.loop, fileOf("second", between(120, 1e9)));
    expect(counts).toMatchObject({ decisions: 23, known: 9 + 10, older: 0 });
    expect(await stateOf(second.loop)).toEqual(whole);
    await second.close();
  });

  test.each([
    [205, 210],
    [185, 186, 187],
    [1, 300, 301, 599],
  ])("come of pieces that overlap in nothing, cut between decisions and their observations (%i …)", async (...cuts) => {
    const { loop, close } = await log();
    for (const [index, from] of [0, ...cuts].entries()) {
      await importInto(loop, fileOf(`piece-${index}`, between(from, cuts[index] ?? 1e9)));
    }
    expect(await stateOf(loop)).toEqual(whole);
    await close();
  });
});

test("a line that is equal to one at the border of two files is the same one, and a third one is another", async () => {
  const { loop, close } = await log();
  const seen = `d0,${at(10)},visit,1`;
  const of = (count: number) => ({
    decisions: [`d0,${at(0)},1,S1`],
    observations: Array.from({ length: count }, () => seen),
  });
  await importInto(loop, fileOf("two", of(2)));
  await importInto(loop, fileOf("one", of(1)));
  expect(await stateOf(loop)).toMatchObject({ observations: 2, events: 2 });
  const { counts } = await importInto(loop, fileOf("three", of(3)));
  expect(counts).toMatchObject({ observations: 1, known: 3 });
  expect(await stateOf(loop)).toMatchObject({ observations: 3, events: 3 });
  await close();
});

test("an import that is ended by another one of its use case says so, and its command adds the rest", async () => {
  const { loop, close } = await log();
  let other: ImportFeed | undefined;
  const takeOver = async (): Promise<void> =>
    void (other ??= await ImportFeed.open(loop, { id: "shop", useCase: "shop" }));
  const idle = async (): Promise<void> => (await loop.application.idle(), takeOver());
  const overtaken = { ...loop, application: { ...loop.application, idle } } as Loop;
  await expect(importInto(loop, fileOf("overtaken"), { loop: overtaken })).rejects.toThrow(
    /another import of shop has begun since, and has ended this one.*the same command then adds what is missing/,
  );
  await other!.close();
  await importInto(loop, fileOf("overtaken"));
  expect(await stateOf(loop)).toEqual(whole);
  await close();
});

test("a bad line is a dead letter once, however often its file comes", async () => {
  const { loop, close } = await log();
  const files = fileOf("bad", { decisions: [...lines.decisions.slice(0, 3), "d3,yesterday,1,S1"], observations: [] });
  const first = await importInto(loop, files);
  const second = await importInto(loop, files);
  expect([first.counts.badLines, second.counts.badLines]).toEqual([1, 1]);
  const ends = await loop.backbone.offsets(["dead-letters"]);
  expect(ends.reduce((sum, { start, end }) => sum + end - start, 0)).toBe(1);
  await close();
});

test("lines older than what was imported are added, have a time of their own, and are told", async () => {
  const { loop, close } = await log();
  const later = { decisions: lines.decisions.slice(20), observations: lines.observations.slice(24) };
  await importInto(loop, fileOf("later", later));
  const { counts } = await importInto(loop, fileOf("everything"));
  expect(counts).toMatchObject({ decisions: 20, observations: 24, older: 44 });
  const { rows } = await stateOf(loop);
  expect(rows.length).toBe(40);
  // A replay ends where event time has come to: what is older takes nothing from that.
  let newest = 0;
  for await (const { value } of readTopic(loop.backbone, loop.serdes, clock)) newest = Math.max(newest, value.time);
  expect(newest).toBeGreaterThanOrEqual(START + 40 * 15 * 60_000);
  // Those that are old have what they would have had; those that were there had no older events to count.
  expect(rows.filter((row) => whole.rows.includes(row)).length).toBeGreaterThanOrEqual(20);
  await close();
});
