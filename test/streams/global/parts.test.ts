import { afterEach, beforeEach, expect, test } from "vitest";
import type { GlobalFeedOptions } from "../../../streams/global/feed-options.ts";
import { GlobalFeed } from "../../../streams/global/global-feed.ts";
import { globalTable, type BytesView, type GlobalFold } from "../../../streams/global-source.ts";
import { createMetrics } from "../../../streams/metrics/metrics.ts";
import { createMemoryRegistry } from "../../../streams/registry/memory-registry.ts";
import { Serdes } from "../../../streams/serde/serdes.ts";
import type { StateEngine } from "../../../streams/state/engine.ts";
import { createMemoryEngine } from "../../../streams/state/memory-engine.ts";
import { defineTopic } from "../../../streams/topic.ts";
import { StreamsError } from "../../../streams/errors.ts";
import { random } from "../../blueprints/random.ts";
import { MemoryBackbone } from "../../loop/memory-backbone.ts";
import { recordedLog } from "../recorded-log.ts";
import { killable } from "./killable.ts";

const schema = { type: "record", name: "N", fields: [{ name: "n", type: "int" }] } as const;
const numbers = defineTopic<{ n: number }>({ name: "numbers", schema });
const names = defineTopic<{ n: number }>({ name: "names", schema });
/** By part: 1 where it is needed. */
const partTable = globalTable("parts", names);

/** Sums by part and key. A sum shows a record that was counted twice, or not at all. */
const sums: GlobalFold<{ n: number }> = {
  kind: "fold",
  name: "sums",
  topic: numbers,
  tables: [partTable],
  parts: {
    asked: (table) => partsOf(table(partTable)),
    needed: (table) => partsOf(table(partTable)).filter((part) => table(partTable).get(part)!.n === 1),
    partOf: (key) => key.split("|")[0]!,
  },
  fold({ key, value, time }, bytes, table, scope) {
    for (const part of partsOf(table(partTable))) {
      if (scope !== undefined && (!scope.parts.has(part) || time < scope.since)) continue;
      const at = `${part}|${key}`;
      const before = bytes.get(at);
      bytes.put(at, Buffer.from(String((before === undefined ? 0 : Number(Buffer.from(before).toString())) + value.n)));
    }
  },
  evict: () => undefined,
};
const known = ["a", "b", "c", "d"];
function partsOf(table: { get(key: string): unknown }): string[] {
  return known.filter((part) => table.get(part) !== undefined);
}

const PARTITIONS = 2;
const now = { now: 1_000_000, latest: 1_000_000, at: 0 };

/** A log with a beginning that was removed. */
class CutBackbone extends MemoryBackbone {
  start = 0;

  override async offsets(topics: readonly string[]) {
    const all = await super.offsets(topics);
    return all.map((at) => (at.topic === "numbers" ? { ...at, start: Math.min(this.start, at.end) } : at));
  }

  override async reader(positions: Parameters<MemoryBackbone["reader"]>[0]) {
    const from = ({ topic, offset }: { topic: string; offset: number }): number =>
      topic === "numbers" ? Math.max(this.start, offset) : offset;
    return super.reader(positions.map((at) => ({ ...at, offset: from(at) })));
  }
}

let backbone: CutBackbone;
let serdes: Serdes;
let engine: StateEngine;
const feeds = new Set<GlobalFeed>();

beforeEach(async () => {
  backbone = new CutBackbone(() => 1 + Math.floor(Math.random() * 700));
  await backbone.ensureTopics([
    { name: "numbers", partitions: PARTITIONS },
    { name: "names", partitions: 1 },
  ]);
  serdes = new Serdes(createMemoryRegistry());
  await serdes.open(numbers);
  await serdes.open(names);
  engine = createMemoryEngine();
});
afterEach(async () => {
  for (const feed of feeds) await feed.close();
  feeds.clear();
});

function add(count: number, key = "k", time = 500_000): void {
  const value = serdes.encode(numbers, { n: 1 });
  for (let i = 0; i < count; i++) {
    backbone.append([{ topic: "numbers", partition: i % PARTITIONS, timestamp: time, key: Buffer.from(key), value }]);
  }
}
function ask(part: string, n: number | null): void {
  const value = n === null ? null : serdes.encode(names, { n });
  backbone.append([{ topic: "names", partition: 0, timestamp: 0, key: Buffer.from(part), value }]);
}
async function open(more: Partial<GlobalFeedOptions> = {}): Promise<GlobalFeed> {
  const feed = await GlobalFeed.open({
    backbone,
    serdes,
    engine,
    sources: [partTable, sums],
    onUndecodable: (_fetch, _index, error) => {
      throw error;
    },
    arrival: () => now,
    ...more,
  });
  feeds.add(feed);
  return feed;
}
async function started(more: Partial<GlobalFeedOptions> = {}): Promise<GlobalFeed> {
  const feed = await open(more);
  await feed.start();
  return feed;
}
const viewOf = (feed: GlobalFeed): BytesView => feed.views()["sums"] as BytesView;
function sum(feed: GlobalFeed, part: string, key = "k"): number | undefined {
  const bytes = viewOf(feed).get(`${part}|${key}`);
  return bytes === undefined ? undefined : Number(Buffer.from(bytes).toString());
}
const caughtUp = async (feed: GlobalFeed): Promise<void> => feed.reached(await backbone.offsets(["numbers", "names"]));

test("a part that a table begins to ask for counts every retained record once, those that come meanwhile too", async () => {
  ask("a", 1);
  add(5_000);
  const feed = await started();
  add(1_000);
  ask("b", 0);
  add(1_000);
  await caughtUp(feed);
  expect([sum(feed, "a"), sum(feed, "b")]).toEqual([7_000, 7_000]);
  expect(viewOf(feed).warming).toEqual(new Set());
});

/** Nothing was refused; what is asked again is answered when the gate opens. */
function gated() {
  let asked = 0;
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const refused = async () => {
    if (asked++ > 0) await gate;
    return { has: () => false };
  };
  return { refused, open };
}

test("what is not filled says so, and the log and the metrics say how much is left", async () => {
  ask("a", 1);
  add(5_000);
  const metrics = createMetrics();
  const { log, lines } = recordedLog();
  const { refused, open: openGate } = gated();
  const feed = await started({ log, metrics, refused });
  ask("b", 0);
  while (lines.length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(viewOf(feed).warming).toEqual(new Set(["b"]));
  expect(feed.leftToFill).toBe(5_000);
  expect(await valueOf(metrics.warmingRecords)).toBe(5_000);
  expect(await valueOf(metrics.warmingParts)).toBe(1);
  openGate();
  await caughtUp(feed);
  expect(lines.map(({ message }) => message)).toEqual([
    "sums: filling 1 part from 5000 records of numbers",
    expect.stringMatching(/^sums: filled from 5000 records in [\d.]+ s$/),
  ]);
  expect(await valueOf(metrics.warmingRecords)).toBe(0);
  expect(await valueOf(metrics.warmingParts)).toBe(0);
  expect(await valueOf(metrics.warmedRecords)).toBe(5_000);
});

const valueOf = async (metric: { get(): Promise<{ values: readonly { value: number }[] }> }): Promise<number> =>
  (await metric.get()).values[0]!.value;

test("a part of which nothing is needed yet does not keep a start waiting; one that is needed does", async () => {
  ask("a", 1);
  add(3_000);
  await (await started()).close();
  ask("b", 0);
  let openGate: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (openGate = resolve));
  const quick = await started({ refused: () => gate.then(() => ({ has: () => false })) });
  expect(viewOf(quick).warming).toEqual(new Set(["b"]));
  openGate();
  await quick.close();
  ask("b", 1);
  const waiting = await started();
  expect(viewOf(waiting).warming).toEqual(new Set());
  expect(sum(waiting, "b")).toBe(3_000);
});

test("a start waits until the folds have read what was there", async () => {
  ask("a", 1);
  add(100);
  await (await started()).close();
  add(20_000);
  expect(sum(await started(), "a")).toBe(20_100);
});

test("a part that no table asks for is forgotten, and is whole again when it is asked for again", async () => {
  ask("a", 1);
  ask("b", 1);
  add(1_000);
  const feed = await started();
  ask("b", null);
  await caughtUp(feed);
  expect([sum(feed, "a"), sum(feed, "b")]).toEqual([1_000, undefined]);
  expect((await (await engine.open("globals")).range("sums\0b", "sums\0c")).length).toBe(0);
  add(500);
  ask("b", 1);
  await caughtUp(feed);
  expect([sum(feed, "a"), sum(feed, "b")]).toEqual([1_500, 1_500]);
});

test("a part that is forgotten while it is filled, and asked for again, counts everything once", async () => {
  ask("a", 1);
  add(4_000);
  const feed = await started();
  for (let i = 0; i < 5; i++) {
    ask("b", 1);
    for (let turn = 0; turn < 40 * i; turn++) await new Promise((resolve) => setImmediate(resolve));
    ask("b", null);
    add(10);
  }
  ask("b", 1);
  await caughtUp(feed);
  expect([sum(feed, "a"), sum(feed, "b")]).toEqual([4_050, 4_050]);
});

test("what a release kept that knew no parts is made again", async () => {
  ask("a", 1);
  add(1_000);
  const feed = await started();
  await feed.close();
  const database = await engine.open("globals");
  const ledger = await database.range("\u0003", "\u0004");
  expect(ledger.map(([key]) => key)).toEqual(["\u0003sums\0a"]);
  await database.write([
    ["\u0003sums\0a", null],
    ["sums\0a|k", Buffer.from("400")],
    ["sums\0old|k", Buffer.from("7")],
  ]);
  await database.close();
  const again = await started();
  expect([sum(again, "a"), viewOf(again).get("old|k")]).toEqual([1_000, undefined]);
});

test("what was refused when it came, and what no task asks for, is left out", async () => {
  ask("a", 1);
  add(10, "old", 1_000);
  add(10, "k", 900_000);
  const refused = async () => ({
    has: (_: string, partition: number, offset: number) => partition === 1 && offset === 9,
  });
  const feed = await started({ refused });
  expect(feed.evict(800_000)).toBe(true);
  ask("b", 1);
  await caughtUp(feed);
  expect([sum(feed, "b", "old"), sum(feed, "b")]).toEqual([undefined, 9]);
  // Also by a process that begins later.
  await feed.close();
  ask("c", 1);
  const later = await started({ refused });
  expect([sum(later, "c", "old"), sum(later, "c")]).toEqual([undefined, 9]);
  // Something older comes: what is read from then on looks back to it.
  add(2, "older", 500);
  await caughtUp(later);
  ask("d", 1);
  await caughtUp(later);
  expect([sum(later, "d", "older"), sum(later, "d", "old"), sum(later, "d")]).toEqual([2, 10, 9]);
});

test("records that were removed are not waited for", async () => {
  ask("a", 1);
  add(1_000);
  const feed = await started();
  backbone.start = 500;
  ask("b", 1);
  await caughtUp(feed);
  expect([sum(feed, "a"), sum(feed, "b") ?? 0]).toEqual([1_000, 0]);
  backbone.start = 400;
  ask("c", 1);
  await caughtUp(feed);
  expect(sum(feed, "c")).toBe(200);
});

test("an outage while a part is filled is waited for, and nothing is counted twice", async () => {
  ask("a", 1);
  add(3_000);
  const feed = await started();
  const reader = backbone.reader.bind(backbone);
  let fail = 3;
  backbone.reader = async (positions) => {
    const made = await reader(positions);
    return {
      ...made,
      poll: async (maxWaitMs: number) => {
        const fetches = await made.poll(maxWaitMs);
        if (fetches.length > 0 && fail-- > 0) throw new StreamsError("BACKBONE_UNAVAILABLE", "no broker answers");
        return fetches;
      },
    };
  };
  ask("b", 1);
  await caughtUp(feed);
  expect(sum(feed, "b")).toBe(3_000);
});

test.each(Array.from({ length: 12 }, (_, seed) => seed))(
  "killed again and again at any place, every part counts every record once (seed %i)",
  async (seed) => {
    const next = random(seed);
    const below = (most: number): number => Math.floor(next() * most);
    const turns = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
    };
    ask("a", 1);
    add(below(2_000));
    const disk = engine;
    for (let life = 0; life < 6; life++) {
      const mortal = killable(disk);
      const feed = await open({ engine: mortal });
      const starting = feed.start().catch(() => undefined);
      if (next() < 0.5) await starting;
      for (let i = 0; i < 3; i++) {
        await turns(below(20));
        const part = known[1 + below(3)]!;
        if (next() < 0.7) ask(part, next() < 0.2 ? null : below(2));
        add(below(900));
      }
      await turns(below(60));
      mortal.killed = true;
      await feed.close();
      feeds.delete(feed);
    }
    for (const part of known) ask(part, 1);
    const last = await started({ engine: disk });
    await caughtUp(last);
    const total = [0, 1].reduce((all, partition) => all + backbone.read({ topic: "numbers", partition }).length, 0);
    expect(known.map((part) => sum(last, part))).toEqual(known.map(() => total));
  },
);
