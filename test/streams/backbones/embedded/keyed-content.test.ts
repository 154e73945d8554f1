import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createEmbeddedBackbone, readRaw, type EmbeddedBackbone } from "../../../../streams/index.ts";
import { random } from "../../../blueprints/random.ts";
import { Failing } from "./failing-database.ts";

const topic = "kept";
const at = { topic, partition: 0 };
let dir: string;
let backbone: EmbeddedBackbone;

async function opened(database?: Failing): Promise<EmbeddedBackbone> {
  const opened = await createEmbeddedBackbone({ dir, ...(database === undefined ? {} : { database: database.open }) });
  await opened.ensureTopics([{ name: topic, partitions: 2, cleanup: "compact" }]);
  return opened;
}

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "loopstream-keyed-"));
  backbone = await opened();
});
afterEach(async () => {
  await backbone.close();
  rmSync(dir, { recursive: true, force: true });
});

type Given = Readonly<Record<string, string | null>>;

async function send(changes: Given, partition = 0): Promise<void> {
  const producer = await backbone.producer();
  const records = Object.entries(changes).map(([key, value]) => ({
    ...{ topic, partition, timestamp: 7 },
    ...{ key: Buffer.from(key), value: value === null ? null : Buffer.from(value) },
  }));
  await producer.send(records);
}

const textOf = (bytes: Uint8Array | null | undefined): string | null => (bytes ? Buffer.from(bytes).toString() : null);

/** Every record from the start, in the order in which it is read. */
async function read(): Promise<readonly (readonly [offset: number, key: string | null, value: string | null])[]> {
  const found: [number, string | null, string | null][] = [];
  for await (const records of readRaw(backbone, topic)) {
    for (const { partition, offset, key, value } of records) {
      if (partition === 0) found.push([offset, textOf(key), textOf(value)]);
    }
  }
  return found;
}

test("what is sent is looked up by key once it is stored, and what is deleted is gone", async () => {
  const table = await backbone.table(at);
  await send({ a: "1", b: "2", ä: "3" });
  await send({ a: "4", b: null });
  await send({ a: "another partition's" }, 1);
  expect(textOf(table.get("a"))).toBe("4");
  expect(table.get("b")).toBeUndefined();
  expect((await table.getMany(["ä", "b"])).map(textOf)).toEqual(["3", null]);
  expect((await table.range("", "\u{10ffff}")).map(([key, value]) => [key, textOf(value)])).toEqual([
    ["a", "4"],
    ["ä", "3"],
  ]);
});

test("a transaction that is aborted is not there, and one that is committed is there at once", async () => {
  const table = await backbone.table(at);
  const producer = await backbone.producer({ transactionalId: "t" });
  const record = { ...at, timestamp: 7, key: Buffer.from("a"), value: Buffer.from("1") };
  const aborted = await producer.begin();
  await aborted.send([record]);
  await aborted.abort();
  expect(table.get("a")).toBeUndefined();
  const committed = await producer.begin();
  await committed.send([record]);
  expect(table.get("a")).toBeUndefined();
  await committed.commit();
  expect(textOf(table.get("a"))).toBe("1");
});

test("a reader from the start sees the newest record of each key in the order of their offsets, and gets to the end", async () => {
  await backbone.table(at);
  await send({ a: "1", b: "2", c: "3" });
  await send({ b: "4" });
  await send({ d: "5", c: null });
  expect(await read()).toEqual([
    [0, "a", "1"],
    [3, "b", "4"],
    [4, "d", "5"],
    [5, "c", null],
  ]);
  await backbone.close();
  backbone = await opened();
  expect((await read()).length).toBe(4);
  await send({ c: "6" });
  expect((await read()).at(-1)).toEqual([6, "c", "6"]);
});

test("a reader that is under way hears of what is written meanwhile, and is refused where keys were deleted", async () => {
  await backbone.table(at);
  await send({ a: "1", b: "2", c: "3" });
  const reader = await backbone.reader([{ ...at, offset: 0 }]);
  const keysOf = async (most: number): Promise<(string | null)[]> =>
    (await reader.poll(0, most)).flatMap(({ records }) => records.map(({ key }) => textOf(key)));
  expect(await keysOf(2)).toEqual(["a", "b"]);
  await send({ a: "4" });
  expect([...(await keysOf(9)), ...(await keysOf(9))]).toEqual(["c", "a"]);
  await send({ b: null, d: "5" });
  await expect(reader.poll(0)).rejects.toMatchObject({ code: "BACKBONE_UNAVAILABLE", flags: { retry: true } });
  await reader.close();
  expect((await read()).map(([, key]) => key)).toEqual(["c", "a", "d"]);
});

test("after random writes and restarts it is what a map is, by key and read by offset", async () => {
  const next = random(32);
  const below = (limit: number): number => Math.floor(next() * limit);
  const expected = new Map<string, string>();
  await backbone.table(at);
  for (let round = 0; round < 60; round++) {
    const changes: Record<string, string | null> = {};
    for (let n = below(30); n >= 0; n--) changes[`k${below(80)}`] = next() < 0.3 ? null : `${round}.${n}`;
    await send(changes);
    for (const [key, value] of Object.entries(changes)) {
      if (value === null) expected.delete(key);
      else expected.set(key, value);
    }
    if (next() < 0.1) {
      await backbone.close();
      backbone = await opened();
    }
  }
  const table = await backbone.table(at);
  const ranged = (await table.range("", "\u{10ffff}")).map(([key, value]) => [key, textOf(value)]);
  expect(ranged).toEqual([...expected].sort(([a], [b]) => (a < b ? -1 : 1)));
  const all = await read();
  expect(all.map(([offset]) => offset)).toEqual(all.map(([offset]) => offset).sort((a, b) => a - b));
  expect(new Map(all.filter(([, , value]) => value !== null).map(([, key, value]) => [key, value]))).toEqual(expected);
});

test("a record without a key, or with headers, is refused before anything is stored; so is a topic that is not compacted", async () => {
  const table = await backbone.table(at);
  const producer = await backbone.producer();
  const record = { ...at, timestamp: 7, key: Buffer.from("a"), value: Buffer.from("1") };
  await expect(producer.send([record, { ...record, key: null }])).rejects.toMatchObject({ code: "UNENCODABLE" });
  await expect(producer.send([record, { ...record, headers: { h: Buffer.from("1") } }])).rejects.toMatchObject({
    code: "UNENCODABLE",
  });
  expect(table.get("a")).toBeUndefined();
  await backbone.ensureTopics([{ name: "plain", partitions: 1, cleanup: "delete" }]);
  await expect(backbone.table({ topic: "plain", partition: 0 })).rejects.toMatchObject({ code: "TOPIC_MISMATCH" });
});

test("records that were kept by offset are moved, whichever write of it fails, and the newest of each key is there", async () => {
  const expected: Record<string, string> = {};
  for (let part = 0; part < 12; part++) {
    const changes: Record<string, string | null> = {};
    for (let n = 0; n < 300; n++) changes[`k${part * 100 + n}`] = n % 7 === 0 ? null : `${part}.${n}`;
    await send(changes);
    for (const [key, value] of Object.entries(changes)) {
      if (value === null) delete expected[key];
      else expected[key] = value;
    }
  }
  await send({ last: null });
  // What a reader has seen near the end may be older.
  const before = [...new Map((await read()).map((record) => [record[1], record])).values()];
  await backbone.close();
  for (let write = 0; ; write++) {
    const failing = new Failing();
    backbone = await opened(failing);
    failing.writes.push(...Array.from({ length: write % 3 }, () => undefined), write % 2 === 0 ? "before" : "after");
    const done = await backbone.table(at).then(
      () => true,
      () => false,
    );
    await backbone.close();
    if (done) break;
    expect(write).toBeLessThan(40);
  }
  backbone = await opened();
  const table = await backbone.table(at);
  const ranged = (await table.range("", "\u{10ffff}")).map(([key, value]) => [key, textOf(value)] as const);
  expect(Object.fromEntries(ranged)).toEqual(expected);
  const kept = before.filter(([, key, value]) => value !== null || key === "last");
  expect(await read()).toEqual(kept.sort(([a], [b]) => a - b));
});
