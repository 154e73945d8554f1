import { afterAll, beforeAll, expect, test } from "vitest";
import { hashNewestRows, hashRows, newestRows, openSpill, rowsTopic } from "../../../rows/index.ts";
import { decisions, type TrainingRow } from "../../../schemas/index.ts";
import { readTopic, type OutgoingRecord } from "../../../streams/index.ts";
import { newDir } from "../../streams/backbones/local/new-dir.ts";
import { shopFiles, shopLines, START } from "./shop.ts";
import { compiled, embeddedLoop, importInto, stateOf } from "./shop-log.ts";
import type { Loop } from "../../../loop/index.ts";
import type { Walk } from "../../../loop/history/walk.ts";

const HOUR = 3_600_000;
/** Twelve hours of decisions, a quarter of an hour apart. */
const LINES = shopLines(48);
const hours = (...some: number[]): number[] => some.map((hour) => START + hour * HOUR);
const upTo = (count: number): number[] => hours(...Array.from({ length: count }, (_, hour) => hour + 1));

let folder: Awaited<ReturnType<typeof newDir>>;
let files: ReturnType<typeof shopFiles>;
beforeAll(async () => {
  folder = await newDir();
  files = shopFiles(folder.path, "all", LINES);
});
afterAll(() => folder.remove());

/** Walks in a folder, and gives the ends of the steps with the number of decisions that were made by then. */
async function walked(loop: Loop, more: Partial<Walk> = {}, of = files, id = "shop"): Promise<[number, number][]> {
  const seen: [number, number][] = [];
  const after = async (time: number): Promise<void> => {
    let made = 0;
    for await (const { value } of readTopic(loop.backbone, loop.serdes, decisions)) {
      expect(value.decisionTime).toBeLessThan(time);
      made += 1;
    }
    seen.push([time, made]);
    await more.after?.(time);
  };
  await importInto(loop, of, { id, walk: { stepMs: HOUR, ...more, after } });
  return seen;
}
const timesOf = (seen: readonly (readonly [number, number])[]): number[] => seen.map(([time]) => time);

test("after each step all of its decisions are made and none behind it; rows are those of an import", async () => {
  const { loop, close } = await embeddedLoop(`${folder.path}/steps`);
  const seen = await walked(loop);
  expect(seen).toEqual(upTo(12).map((time, at) => [time, 4 * (at + 1)]));
  const [state, imported] = [await stateOf(loop), await embeddedLoop(`${folder.path}/imported`)];
  await importInto(imported.loop, files);
  expect(state).toEqual(await stateOf(imported.loop));
  expect(state.rows).toHaveLength(48);
  await close();
  await imported.close();
});

test("steps are parts of an hour or whole hours", async () => {
  const quarters = await embeddedLoop(`${folder.path}/quarters`);
  expect(timesOf(await walked(quarters.loop, { stepMs: HOUR / 4 }))).toEqual(
    Array.from({ length: 48 }, (_, at) => START + ((at + 1) * HOUR) / 4),
  );
  await quarters.close();
  const fives = await embeddedLoop(`${folder.path}/fives`);
  // The first hour begins the first step; later steps end with the first hour that reaches a multiple.
  expect(timesOf(await walked(fives.loop, { stepMs: 6 * HOUR }))).toEqual(hours(1, 6, 12));
  await fives.close();
});

test("a walk that a signal or `until` ends goes on where it was, and does the last step's work again", async () => {
  const { loop, close } = await embeddedLoop(`${folder.path}/goes-on`);
  const stop = new AbortController();
  const after = (time: number): Promise<void> => {
    if (time === START + 3 * HOUR) stop.abort();
    return Promise.resolve();
  };
  expect(timesOf(await walked(loop, { signal: stop.signal, after }))).toEqual(upTo(3));
  expect(timesOf(await walked(loop, { until: START + 5.5 * HOUR }))).toEqual(hours(3, 4, 5));
  expect((await stateOf(loop)).rows.length).toBeLessThan(20);
  expect(timesOf(await walked(loop))).toEqual(upTo(12).slice(4));
  expect(timesOf(await walked(loop))).toEqual([]);
  const { loop: whole, close: closeWhole } = await embeddedLoop(`${folder.path}/whole`);
  await walked(whole);
  expect(await stateOf(loop)).toEqual(await stateOf(whole));
  await close();
  await closeWhole();
});

test("with `closes`, rows are made of all decisions before `until`", async () => {
  const { loop, close } = await embeddedLoop(`${folder.path}/closes`);
  await walked(loop, { until: START + 5 * HOUR, closes: true });
  expect((await stateOf(loop)).rows).toHaveLength(20);
  await close();
});

test("a later file goes on behind the end of the first one", async () => {
  const { loop, close } = await embeddedLoop(`${folder.path}/later`);
  const first = shopFiles(folder.path, "first", {
    ...LINES,
    decisions: LINES.decisions.slice(0, 20),
    observations: [],
  });
  const second = shopFiles(folder.path, "second", { ...LINES, decisions: LINES.decisions.slice(20), observations: [] });
  expect(timesOf(await walked(loop, {}, first))).toEqual(upTo(5));
  expect(timesOf(await walked(loop, {}, second))).toEqual(upTo(12).slice(5));
  await close();
});

test("lines that are there without the walk's position, as a kill on Kafka leaves them, are a step; many of them are refused", async () => {
  const { loop, close } = await embeddedLoop(`${folder.path}/torn`);
  const hour = (to: number): ReturnType<typeof shopFiles> =>
    shopFiles(folder.path, `hour-${to}`, { decisions: LINES.decisions.slice(0, 4 * to), observations: [] });
  await importInto(loop, hour(1));
  expect(timesOf(await walked(loop, {}, hour(1), "walk"))).toEqual(upTo(1));
  await importInto(loop, hour(4));
  await expect(walked(loop, {}, hour(4), "walk")).rejects.toThrow(
    /lines of shop from 2026-01-01T01:00:00.000Z on were imported before, and nothing was trained between them/,
  );
  await close();
});

test("requests ask for replies if somebody hears of them", async () => {
  const { loop, close } = await embeddedLoop(`${folder.path}/replies`);
  const asked: string[] = [];
  await walked(loop, { onRequests: (some) => asked.push(...some.map(({ key }) => key)) });
  expect(asked).toEqual(LINES.decisions.map((line) => line.split(",")[0]));
  const [{ start, end }] = (await loop.backbone.offsets(["decision-replies"])) as unknown as [
    { start: number; end: number },
  ];
  expect(end - start).toBe(48);
  await close();
});

test("the hash of the newest rows is the same in any room, with rows that were corrected among them", async () => {
  const { loop, close } = await embeddedLoop(`${folder.path}/hash`);
  await importInto(loop, files);
  const topic = rowsTopic(compiled);
  const { backbone, serdes, publisher } = loop;
  const rows = await newestRows(backbone, serdes, topic);
  const corrected = rows.slice(5, 20).map((row, at): TrainingRow => ({
    ...row,
    label: 1 - (row["label"] as number),
    rowTime: (row["rowTime"] as number) + (at % 3) - 1,
  }));
  const records: OutgoingRecord[] = [];
  for (const value of corrected)
    records.push(await publisher.encode({ topic, key: value["decisionId"] as string, value, time: START }));
  const producer = await backbone.producer({});
  await producer.send(records);
  await producer.close();
  const newest = await newestRows(backbone, serdes, topic);
  const expected = { rows: 48, sha256: hashRows([topic, newest]) };
  expect(expected.sha256).not.toBe(hashRows([topic, rows]));
  for (const bytes of [2_000, 64 << 20])
    expect(await hashNewestRows(backbone, serdes, topic, { bytes, spill: openSpill })).toEqual(expected);
  await close();
});
