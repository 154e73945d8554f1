import { afterEach, beforeEach, expect, test } from "vitest";
import type { GlobalFeedOptions } from "../../../streams/global/feed-options.ts";
import type { FoldBytes } from "../../../streams/global/fold-bytes.ts";
import { GlobalFeed } from "../../../streams/global/global-feed.ts";
import type { BytesView } from "../../../streams/global-source.ts";
import { streamsLimits } from "../../../streams/limits.ts";
import { createMetrics } from "../../../streams/metrics/metrics.ts";
import { createMemoryRegistry } from "../../../streams/registry/memory-registry.ts";
import { Serdes } from "../../../streams/serde/serdes.ts";
import type { StateEngine } from "../../../streams/state/engine.ts";
import { createMemoryEngine } from "../../../streams/state/memory-engine.ts";
import { unbounded } from "../../../streams/task/arrival.ts";
import { random } from "../../blueprints/random.ts";
import { MemoryBackbone } from "../../loop/memory-backbone.ts";
import { recordedLog } from "../recorded-log.ts";
import { killable } from "./killable.ts";
import {
  HOUR,
  NOW,
  LATE,
  WINDOW,
  scans,
  names,
  partTable,
  known,
  tileOf,
  counts,
  countsOnDisk,
  nothingWanted,
  places,
} from "./scans.ts";

let backbone: MemoryBackbone;
let serdes: Serdes;
let engine: StateEngine;
let at: number;
/** Times of all scans. */
let sent: number[];
const feeds = new Set<GlobalFeed>();

beforeEach(async () => {
  backbone = new MemoryBackbone(() => 50);
  await backbone.ensureTopics([
    { name: "scans", partitions: 2 },
    { name: "names", partitions: 1 },
  ]);
  serdes = new Serdes(createMemoryRegistry());
  await serdes.open(scans);
  await serdes.open(names);
  engine = createMemoryEngine();
  at = 0;
  sent = [];
});
afterEach(async () => {
  for (const feed of feeds) await feed.close();
  feeds.clear();
});

function scan(...times: readonly number[]): void {
  for (const time of times) {
    const value = serdes.encode(scans, { n: 1 });
    backbone.append([{ topic: "scans", partition: sent.length % 2, timestamp: time, key: Buffer.from("k"), value }]);
    sent.push(time);
  }
}
function ask(part: string): void {
  const value = serdes.encode(names, { n: 1 });
  backbone.append([{ topic: "names", partition: 0, timestamp: 0, key: Buffer.from(part), value }]);
}
async function started(more: Partial<GlobalFeedOptions> = {}): Promise<GlobalFeed> {
  const arrival = () => ({ now: NOW, latest: NOW, at });
  const onUndecodable: GlobalFeedOptions["onUndecodable"] = (_fetch, _index, error) => {
    throw error;
  };
  const feed = await GlobalFeed.open({
    ...{ backbone, serdes, engine, sources: [partTable, counts], onUndecodable, arrival },
    ...more,
  });
  feeds.add(feed);
  await feed.start();
  return feed;
}
async function restarted(feed: GlobalFeed, more: Partial<GlobalFeedOptions> = {}): Promise<GlobalFeed> {
  await feed.close();
  feeds.delete(feed);
  return started(more);
}
const viewOf = (feed: GlobalFeed): BytesView => feed.views()["counts"] as BytesView;
const caughtUp = async (feed: GlobalFeed): Promise<void> => feed.reached(await backbone.offsets(["scans", "names"]));
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** As a task asks: again until the answer is whole. @returns scans in the hours that the question looks back on, and how often it was asked. */
async function asked(feed: GlobalFeed, part: string, time: number): Promise<readonly [count: number, asked: number]> {
  const view = viewOf(feed);
  for (let times = 1; ; times++) {
    const answer = await view.look(() =>
      !(time < view.remembersFrom) || view.remembers(part, time) ? held(view, part, time) : undefined,
    );
    if (answer !== undefined) return [answer, times];
    await turn();
  }
}
const tilesFor = (time: number): readonly number[] => {
  const tiles = [];
  for (let tile = tileOf(time - WINDOW); tile < time; tile += HOUR) tiles.push(tile);
  return tiles;
};
const held = (view: BytesView, part: string, time: number): number =>
  tilesFor(time).reduce((sum, tile) => sum + Number(Buffer.from(view.get(`${part}|${tile}`) ?? []).toString()), 0);
const truth = (time: number): number => sent.filter((each) => tilesFor(time).includes(tileOf(each))).length;

const DAY = 24 * HOUR;
const valueOf = async (metric: { get(): Promise<{ values: readonly { value: number }[] }> }): Promise<number> =>
  (await metric.get()).values[0]?.value ?? 0;

test("events that were forgotten are read again when an older question comes, the ones that come meanwhile too", async () => {
  ask("a");
  const feed = await started();
  const old = NOW - 100 * DAY;
  for (let i = 0; i < 1_000; i++) scan(old + i * 60_000);
  scan(NOW);
  await caughtUp(feed);
  // Nothing was asked for yet: a process that begins anew does not know that history came.
  const { log, lines } = recordedLog();
  const metrics = createMetrics();
  const later = await restarted(feed, { log, metrics });
  expect(later.evict(NOW)).toBe(true);
  expect(held(viewOf(later), "a", old + 5 * HOUR)).toBe(0);
  scan(old + 4 * HOUR, old + 4 * HOUR);
  await caughtUp(later);
  const [count, times] = await asked(later, "a", old + 5 * HOUR);
  expect([count, times > 1]).toEqual([truth(old + 5 * HOUR), true]);
  expect(count).toBe(182);
  expect(viewOf(later).warming).toEqual(new Set());
  expect(await valueOf(metrics.recalledParts)).toBe(1);
  while (lines.length < 2) await turn();
  expect(lines.map(({ message }) => message)).toEqual([
    "counts: 1 part had forgotten records from before 2026-05-31T22:00:00.000Z that are asked for, and reads them again from 1003 records of scans",
    expect.stringMatching(/^counts: filled from 1003 records in [\d.]+ s$/),
  ]);
  // What follows is there.
  expect(await asked(later, "a", old + 10 * HOUR)).toEqual([truth(old + 10 * HOUR), 1]);
});

test("questions of today are answered while what was forgotten is read again", async () => {
  ask("a");
  const feed = await started();
  for (let i = 0; i < 5_000; i++) scan(NOW - 100 * DAY + i * 60_000);
  scan(NOW - HOUR, NOW - 2 * HOUR);
  await caughtUp(feed);
  at = streamsLimits.historyQuietMs;
  expect(feed.evict(NOW)).toBe(true);
  const view = viewOf(feed);
  expect(view.remembers("a", NOW - 100 * DAY)).toBe(false);
  for (let turns = 0; turns < 20; turns++) {
    expect(NOW < view.remembersFrom || !view.remembers("a", NOW - LATE)).toBe(false);
    expect(held(view, "a", NOW)).toBe(2);
    await turn();
  }
  expect(view.remembers("a", NOW - 100 * DAY)).toBe(false);
});

test("a part that has forgotten nothing is not read again", async () => {
  ask("a");
  const metrics = createMetrics();
  const feed = await started({ metrics });
  scan(NOW);
  await caughtUp(feed);
  at = streamsLimits.historyQuietMs;
  expect(feed.evict(NOW)).toBe(true);
  scan(NOW - 50 * DAY);
  await caughtUp(feed);
  expect(await asked(feed, "a", NOW - 50 * DAY + HOUR)).toEqual([1, 1]);
  expect(await valueOf(metrics.recalledParts)).toBe(0);
});

test("a feed of ever older questions has them read again a few times, one that goes to and fro once", async () => {
  ask("a");
  const metrics = createMetrics();
  const feed = await started({ metrics });
  for (let day = 0; day < 400; day++) scan(NOW - day * DAY);
  await caughtUp(feed);
  at = streamsLimits.historyQuietMs;
  expect(feed.evict(NOW)).toBe(true);
  for (let day = 1; day < 400; day++) expect((await asked(feed, "a", NOW - day * DAY + HOUR))[0]).toBe(1);
  const backward = await valueOf(metrics.recalledParts);
  expect(backward).toBeLessThanOrEqual(10);
  for (let i = 0; i < 200; i++) {
    at += streamsLimits.historyQuietMs / 2;
    const time = NOW - (i % 2 === 0 ? 399 : 1) * DAY + HOUR;
    expect((await asked(feed, "a", time))[0]).toBe(truth(time));
    feed.evict(NOW + i * 6 * HOUR);
  }
  expect(await valueOf(metrics.recalledParts)).toBe(backward);
});

test("content on disk is in no memory, is forgotten in time, and comes back for an older question", async () => {
  ask("a");
  const sources = [partTable, countsOnDisk];
  const feed = await started({ sources });
  for (let i = 0; i < 2_300; i++) scan(NOW - 100 * DAY + i * HOUR);
  await caughtUp(feed);
  const later = await restarted(feed, { sources });
  const view = later.views()["counts"] as FoldBytes;
  expect([...view.keys()]).toEqual([]);
  expect(view.onDisk).toEqual(new Set(["a"]));
  const database = await engine.open("globals");
  const stored = async (): Promise<number> => (await database.range("counts\0", "counts\u0001")).length;
  expect(await stored()).toBe(view.sizes.all()[0]!.entries);
  expect(later.evict(NOW)).toBe(true);
  while ((await stored()) > 700) await turn();
  while (view.sizes.all()[0]!.entries > 700) await turn();
  expect(await asked(later, "a", NOW - 90 * DAY)).toEqual([truth(NOW - 90 * DAY), expect.any(Number)]);
  expect(await asked(later, "a", NOW - DAY)).toEqual([truth(NOW - DAY), 1]);
  expect(await stored()).toBe(view.sizes.all()[0]!.entries);
});

test("parts that have no room in memory are on disk from then on, with all that they held", async () => {
  for (const part of known) ask(part);
  const sources = [partTable, { ...countsOnDisk, parts: { ...countsOnDisk.parts!, disk: nothingWanted } }];
  const { log, lines } = recordedLog();
  const metrics = createMetrics();
  const feed = await started({ sources, foldBytes: 2_000_000, log, metrics });
  for (let i = 0; i < 2_000; i++) scan(NOW - i * HOUR);
  await caughtUp(feed);
  const moved = lines.flatMap(({ message }) => /^part (\w+) takes \d MiB of the 2 MiB/.exec(message)?.[1] ?? []);
  expect(moved.length).toBe(2);
  expect(await valueOf(metrics.movedParts)).toBe(2);
  const view = feed.views()["counts"] as FoldBytes;
  expect(view.sizes.memoryBytes).toBeLessThanOrEqual(2_000_000);
  for (const part of known) expect((await asked(feed, part, NOW - 50 * DAY))[0]).toBe(truth(NOW - 50 * DAY));
  const same = await restarted(feed, { sources, foldBytes: 2_000_000 });
  expect((same.views()["counts"] as FoldBytes).onDisk).toEqual(new Set(moved));
  for (const part of known) expect((await asked(same, part, NOW - 50 * DAY))[0]).toBe(truth(NOW - 50 * DAY));
  const roomier = await restarted(same, { sources });
  expect((roomier.views()["counts"] as FoldBytes).onDisk).toEqual(new Set());
  for (const part of known) expect((await asked(roomier, part, NOW - 50 * DAY))[0]).toBe(truth(NOW - 50 * DAY));
});

test("what was asked for is forgotten once it has not been for a while", async () => {
  ask("a");
  const feed = await started();
  scan(NOW - 50 * DAY, NOW);
  await caughtUp(feed);
  at = streamsLimits.historyQuietMs;
  feed.evict(NOW);
  const old = NOW - 50 * DAY + HOUR;
  expect((await asked(feed, "a", old))[0]).toBe(1);
  feed.evict(NOW);
  expect(held(viewOf(feed), "a", old)).toBe(1);
  at += 2 * streamsLimits.historyQuietMs;
  expect(feed.evict(NOW)).toBe(true);
  expect(held(viewOf(feed), "a", old)).toBe(0);
});

test("where history is shown again in its order nobody is told to wait", async () => {
  ask("a");
  const feed = await started({ arrival: () => unbounded });
  scan(NOW - 50 * DAY, NOW);
  await caughtUp(feed);
  expect(feed.evict(NOW)).toBe(true);
  expect(viewOf(feed).remembersFrom).toBe(Number.NEGATIVE_INFINITY);
});

test("what a release kept that did not write down what it had forgotten is made again", async () => {
  ask("a");
  const feed = await started();
  scan(NOW - 50 * DAY, NOW);
  await caughtUp(feed);
  await feed.close();
  feeds.delete(feed);
  const database = await engine.open("globals");
  await database.write([
    ["\u0003counts\0a", Buffer.from("{}")],
    [`counts\0a|${tileOf(NOW - 50 * DAY)}`, null],
  ]);
  await database.close();
  expect(await asked(await started(), "a", NOW - 50 * DAY + HOUR)).toEqual([1, 1]);
});

const seeds = Array.from({ length: 16 }, (_, seed) => seed);
test.each((["memory", "disk"] as const).flatMap((place) => seeds.map((seed) => [place, seed] as const)))(
  "killed at any place, whatever came and was forgotten: what is remembered is all that there is (in %s, seed %i)",
  async (place, seed) => {
    const next = random(seed);
    const below = (most: number): number => Math.floor(next() * most);
    const disk = engine;
    const parts = new Set(["a"]);
    ask("a");
    let waits = 0;
    for (let life = 0; life < 5; life++) {
      const mortal = killable(disk);
      const feed = await started({ engine: mortal, sources: [partTable, places[place]] });
      const view = viewOf(feed);
      const actions = [
        () => scan(...Array.from({ length: below(400) }, () => NOW - below(10 * 24) * HOUR)),
        () => feed.evict(NOW - below(8 * 24) * HOUR),
        () => next() < 0.4 && parts.size < known.length && ask([...parts.add(known[parts.size]!)].at(-1)!),
        () => parts.forEach((part) => view.remembers(part, NOW - below(11 * 24) * HOUR)),
      ];
      for (let i = 0; i < 12; i++) {
        at += below(2) * streamsLimits.historyQuietMs;
        actions[below(actions.length)]!();
        for (let turns = below(30); turns > 0; turns--) await turn();
        if (next() < 0.3) continue;
        await caughtUp(feed);
        for (const part of parts) {
          const time = NOW - below(11 * 24) * HOUR + below(HOUR);
          const [count, times] = await asked(feed, part, time);
          expect(count).toBe(truth(time));
          if (times > 1) waits++;
        }
      }
      mortal.killed = true;
      await feed.close();
      feeds.delete(feed);
    }
    expect(waits).toBeGreaterThan(0);
  },
);
