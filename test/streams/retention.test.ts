import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createEmbeddedBackbone, type EmbeddedBackbone } from "../../streams/backbones/embedded/index.ts";
import type { OutgoingRecord, TopicSpec } from "../../streams/backbone/backbone.ts";
import {
  bytes,
  joinGroup,
  nameOf,
  newTopic,
  outgoing,
  readAll,
  readCount,
  text,
  valuesOf,
} from "./backbones/backbone-harness.ts";
import { eventually } from "../eventually.ts";

const HOUR = 3_600_000;
const MINUTE = 60_000;
const START = 1_700_000_000_000;
const kept: Partial<TopicSpec> = { retentionMs: HOUR };

let dir: string;
let now: number;
let backbone: EmbeddedBackbone;
const open = (): Promise<EmbeddedBackbone> => createEmbeddedBackbone({ dir, now: () => now });
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-retention-"));
  now = START + 365 * 24 * HOUR;
  backbone = await open();
});
afterEach(async () => {
  await backbone.close();
  await rm(dir, { recursive: true });
});

async function send(topic: string, ...records: readonly (readonly [value: string, minute: number, key?: string])[]) {
  const producer = await backbone.producer();
  await producer.send(
    records.map(([value, minute, key]): OutgoingRecord => ({
      ...outgoing(topic, value, { timestamp: START + minute * MINUTE }),
      key: key === undefined ? null : bytes(key),
    })),
  );
  await producer.close();
}

/** Every record that is there has been there long enough: twice, since what a look finds counts from the next one on. */
async function settle(topic: string, minute: number): Promise<void> {
  now += 5 * MINUTE;
  await send(topic, ["settled", minute, "settled"]);
  now += 5 * MINUTE;
  await send(topic, ["settled", minute, "settled"]);
}

const startOf = async (topic: string): Promise<number> => (await backbone.offsets([topic]))[0]!.start;
const started = (topic: string, start: number): Promise<void> =>
  eventually(async () => expect(await startOf(topic)).toBe(start));

test("what is older than the newest record by more than the retention goes, the rest keeps its offsets", async () => {
  const topic = await newTopic(backbone, kept);
  await send(topic, ["a", 0], ["b", 30], ["c", 70], ["d", 100]);
  await settle(topic, 100);
  await started(topic, 2);
  expect(await valuesOf(backbone, topic)).toEqual(["c", "d", "settled", "settled"]);
  const records = (await readAll(backbone, topic)).get(nameOf({ topic, partition: 0 }))!;
  expect(records.map(({ offset }) => offset)).toEqual([2, 3, 4, 5]);
});

test("history that is years old by the clock keeps the span it had", async () => {
  const topic = await newTopic(backbone, kept);
  await send(topic, ["a", 0], ["b", 10], ["c", 59]);
  await settle(topic, 60);
  expect(await startOf(topic)).toBe(0);
  expect(await valuesOf(backbone, topic)).toEqual(["a", "b", "c", "settled", "settled"]);
});

test("a record from the future takes nothing along before its time", async () => {
  now = START + 30 * MINUTE;
  const topic = await newTopic(backbone, kept);
  await send(topic, ["a", 0], ["from the future", 100_000], ["b", 30]);
  await settle(topic, 40);
  expect(await startOf(topic)).toBe(0);
  now = START + 70 * MINUTE;
  await settle(topic, 70);
  await started(topic, 1);
  expect((await valuesOf(backbone, topic))[0]).toBe("from the future");
});

test("what was stored a moment ago stays, however old it is", async () => {
  const topic = await newTopic(backbone, kept);
  await send(topic, ["a", 0], ["b", 10_000]);
  now += 5 * MINUTE - 1;
  await send(topic, ["c", 10_000]);
  expect(await startOf(topic)).toBe(0);
  expect(await valuesOf(backbone, topic)).toEqual(["a", "b", "c"]);
});

test("a late record is kept as long as an earlier one, and the newest always", async () => {
  const topic = await newTopic(backbone, { retentionMs: 0 });
  await send(topic, ["newest", 100], ["late", 0], ["later", 10]);
  await settle(topic, 50);
  expect(await startOf(topic)).toBe(0);
  await send(topic, ["next", 200]);
  await settle(topic, 60);
  await started(topic, 5);
  expect((await valuesOf(backbone, topic))[0]).toBe("next");
});

test("without a retention everything stays, and partitions age each for itself", async () => {
  const forever = await newTopic(backbone);
  await send(forever, ["a", 0], ["b", 100_000]);
  await settle(forever, 100_000);
  const two = await newTopic(backbone, { ...kept, partitions: 2 });
  const producer = await backbone.producer();
  const old = { ...outgoing(two, "old", { timestamp: START }), partition: 1 };
  await producer.send([old, outgoing(two, "old", { timestamp: START })]);
  await send(two, ["new", 1_000]);
  await settle(two, 1_000);
  await started(two, 1);
  expect(await valuesOf(backbone, two, 1)).toEqual(["old"]);
  expect(await startOf(forever)).toBe(0);
});

test("more than one batch goes, and readers behind the start move there, alone and in a group", async () => {
  const topic = await newTopic(backbone, kept);
  await backbone.commit("g", [{ topic, partition: 0, offset: 10 }]);
  const old = Array.from({ length: 4_500 }, (_, n) => [`old-${n}`, 0] as const);
  await send(topic, ...old);
  const behind = await backbone.reader([{ topic, partition: 0, offset: 3 }]);
  expect((await behind.poll(0, 5))[0]!.records.map(({ offset }) => offset)).toEqual([3, 4, 5, 6, 7]);
  await send(topic, ["new", 1_000]);
  await settle(topic, 1_000);
  await started(topic, 4_500);
  const found = [...(await readCount(behind, 3)).values()][0]!;
  expect(found.map(({ offset, value }) => `${offset} ${text(value)}`)).toEqual([
    "4500 new",
    "4501 settled",
    "4502 settled",
  ]);
  await behind.close();
  const member = await joinGroup(backbone, { groupId: "g", copartitioned: [[topic]] });
  await eventually(() => expect(member.records.get(nameOf({ topic, partition: 0 }))).toHaveLength(3));
  await member.close();
});

test("a compacted topic ages too, and a key that comes again after its record went is there once", async () => {
  const topic = await newTopic(backbone, { ...kept, cleanup: "compact" });
  await send(topic, ["1", 0, "gone"], ["1", 0, "again"], ["1", 0, "renewed"], ["2", 1_000, "renewed"]);
  await settle(topic, 1_000);
  await started(topic, 2);
  await send(topic, ["2", 1_000, "again"], ["3", 1_000, "again"]);
  const records = (await readAll(backbone, topic)).get(nameOf({ topic, partition: 0 }))!;
  expect(new Map(records.map(({ key, value }) => [text(key), text(value)]))).toEqual(
    new Map([
      ["renewed", "2"],
      ["settled", "settled"],
      ["again", "3"],
    ]),
  );
  await backbone.close();
  backbone = await open();
  expect(await valuesOf(backbone, topic)).toEqual(["2", "settled", "3"]);
});

test("the start is there after the log is opened again, and so is what age is measured against", async () => {
  const topic = await newTopic(backbone, kept);
  const young = await newTopic(backbone, kept);
  await send(topic, ["a", 0], ["b", 50], ["c", 100]);
  await settle(topic, 100);
  await started(topic, 1);
  await send(young, ["a", 0], ["b", 50], ["c", 100]);
  await backbone.close();
  backbone = await open();
  expect([await startOf(topic), await startOf(young)]).toEqual([1, 0]);
  expect((await valuesOf(backbone, topic))[0]).toBe("b");
  now += 5 * MINUTE;
  await send(young, ["late", 20]);
  await started(young, 1);
  expect(await valuesOf(backbone, young)).toEqual(["b", "c", "late"]);
});

test("a topic that is told later how long to keep its records lets go of what is older, and still does after it is opened again", async () => {
  const topic = await newTopic(backbone);
  await send(topic, ["a", 0], ["b", 30], ["c", 70], ["d", 100]);
  await backbone.retain([{ topic, retentionMs: HOUR }]);
  await settle(topic, 100);
  await started(topic, 2);
  await backbone.close();
  backbone = await open();
  expect(await backbone.retention([topic])).toEqual([{ topic, retentionMs: HOUR }]);
  await backbone.retain([{ topic, retentionMs: null }]);
  await send(topic, ["e", 1_000]);
  await settle(topic, 1_000);
  expect(await startOf(topic)).toBe(2);
});
