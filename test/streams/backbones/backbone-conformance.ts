import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MAX_RECORD_BYTES, type Backbone } from "../../../streams/backbone/backbone.ts";
import { LATEST_TIME } from "../../../streams/backbone/event-time.ts";
import { groupConformance } from "./backbone-conformance-groups.ts";
import { transactionConformance } from "./backbone-conformance-transactions.ts";
import { bytes, nameOf, newTopic, outgoing, readAll, readCount, text, valuesOf } from "./backbone-harness.ts";
import { eventually } from "../../eventually.ts";

export interface Opened {
  readonly backbone: Backbone;
  close(): Promise<void>;
}

/** What `streams/backbone/backbone.ts` promises, of any backbone. `open` is called once. */
export function backboneConformance(name: string, open: () => Promise<Opened>): void {
  describe(`the ${name} backbone`, () => {
    let opened: Opened;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());
    const backbone = (): Backbone => opened.backbone;

    describe("topics", () => topicConformance(backbone));
    describe("records", () => recordConformance(backbone));
    describe("readers", () => readerConformance(backbone));
    describe("transactions", () => transactionConformance(backbone));
    describe("groups", () => groupConformance(backbone));
  });
}

function topicConformance(backbone: () => Backbone): void {
  test("a topic is created once: to ask again changes nothing", async () => {
    const topic = await newTopic(backbone(), { partitions: 3 });
    const producer = await backbone().producer();
    await producer.send([outgoing(topic, "kept", { partition: 2 })]);
    await backbone().ensureTopics([{ name: topic, partitions: 3, cleanup: "delete" }]);
    expect(await backbone().partitions(topic)).toBe(3);
    expect(await valuesOf(backbone(), topic, 2)).toEqual(["kept"]);
    await producer.close();
  });

  test("another number of partitions is a TOPIC_MISMATCH that names the topic", async () => {
    const topic = await newTopic(backbone(), { partitions: 3 });
    const asked = backbone().ensureTopics([{ name: topic, partitions: 4, cleanup: "delete" }]);
    await expect(asked).rejects.toMatchObject({ code: "TOPIC_MISMATCH", message: expect.stringContaining(topic) });
    expect(await backbone().partitions(topic)).toBe(3);
  });

  test("a topic that is given partitions keeps its records, takes others in the new ones, and never has fewer", async () => {
    const topic = await newTopic(backbone(), { partitions: 2 });
    const producer = await backbone().producer();
    await producer.send([outgoing(topic, "old", { partition: 1 })]);
    await backbone().grow(topic, 4);
    await backbone().grow(topic, 3);
    const [described] = await backbone().describe([topic, `${topic}-missing`]);
    expect(described).toMatchObject({ topic, partitions: 4 });
    expect(await backbone().partitions(topic)).toBe(4);
    const writer = await backbone().producer();
    await writer.send([outgoing(topic, "new", { partition: 3 })]);
    expect(await valuesOf(backbone(), topic, 1)).toEqual(["old"]);
    expect(await valuesOf(backbone(), topic, 3)).toEqual(["new"]);
    expect((await backbone().ranges([topic])).map(({ start, end }) => [start, end])).toEqual([
      [0, 0],
      [0, 1],
      [0, 0],
      [0, 1],
    ]);
    await expect(backbone().grow(`${topic}-missing`, 2)).rejects.toMatchObject({ code: "UNKNOWN_TOPIC" });
    await producer.close();
    await writer.close();
  });

  test("a topic's timestamps are what producers give, or the time of arrival where it says so, also from now on", async () => {
    const [given, arrived] = [await newTopic(backbone()), await newTopic(backbone(), { timestamps: "arrival" })];
    const producer = await backbone().producer();
    const stamps = async (topic: string): Promise<readonly number[]> =>
      [...(await readAll(backbone(), topic)).values()].flat().map(({ timestamp }) => timestamp);
    const before = Date.now();
    for (const topic of [given, arrived]) await producer.send([outgoing(topic, "old", { timestamp: 1_000 })]);
    expect(await stamps(given)).toEqual([1_000]);
    const [first] = await stamps(arrived);
    expect(first).toBeGreaterThanOrEqual(before - 1_000);
    expect(first).toBeLessThanOrEqual(Date.now() + 1_000);

    await backbone().ensureTopics([{ name: given, partitions: 1, cleanup: "delete", timestamps: "arrival" }]);
    // Brokers hear of the new setting a moment after it was stored.
    await eventually(
      async () => {
        await producer.send([outgoing(given, "later", { timestamp: 1_000 })]);
        expect((await stamps(given)).at(-1)).toBeGreaterThanOrEqual(before - 1_000);
      },
      { timeout: 10_000 },
    );
    await producer.close();
  });

  test("how long a topic keeps its records can be asked, changed and taken back", async () => {
    const [one, two, three] = [
      await newTopic(backbone(), { retentionMs: 3_600_000, partitions: 2 }),
      await newTopic(backbone()),
      await newTopic(backbone(), { cleanup: "compact" }),
    ];
    const kept = async (): Promise<(number | null)[]> =>
      (await backbone().retention([one, two, three])).map(({ retentionMs }) => retentionMs);
    expect(await kept()).toEqual([3_600_000, null, null]);
    await backbone().retain([
      { topic: one, retentionMs: null },
      { topic: two, retentionMs: 7_776_000_000 },
      { topic: three, retentionMs: 60_000 },
    ]);
    await eventually(async () => expect(await kept()).toEqual([null, 7_776_000_000, 60_000]));
    await backbone().retain([{ topic: three, retentionMs: null }]);
    await eventually(async () => expect(await kept()).toEqual([null, 7_776_000_000, null]));
    const unknown = { code: "UNKNOWN_TOPIC" };
    await expect((async () => backbone().retention(["nowhere"]))()).rejects.toMatchObject(unknown);
    await expect((async () => backbone().retain([{ topic: "nowhere", retentionMs: 1 }]))()).rejects.toMatchObject(
      unknown,
    );
  });

  test("a missing topic has no partitions, until it is there", async () => {
    const name = `later-${process.pid}-${Date.now()}`;
    expect(await backbone().partitions(name)).toBeUndefined();
    expect(await backbone().topics()).not.toContain(name);
    await backbone().ensureTopics([{ name, partitions: 2, cleanup: "compact" }]);
    expect(await backbone().partitions(name)).toBe(2);
    expect(await backbone().topics()).toContain(name);
  });

  test("offsets of several topics come in one call, each from 0 to one past its last record", async () => {
    const [one, two] = [await newTopic(backbone(), { partitions: 2 }), await newTopic(backbone())];
    const producer = await backbone().producer();
    await producer.send([outgoing(one, "a", { partition: 1 }), outgoing(one, "b", { partition: 1 })]);
    const offsets = await backbone().offsets([one, two]);
    expect(new Map(offsets.map((at) => [nameOf(at), [at.start, at.end]]))).toEqual(
      new Map([
        [`${one}/0`, [0, 0]],
        [`${one}/1`, [0, 2]],
        [`${two}/0`, [0, 0]],
      ]),
    );
    await producer.close();
  });

  test("a topic that is not there is an UNKNOWN_TOPIC for senders, readers and offsets", async () => {
    const topic = await newTopic(backbone(), { partitions: 2 });
    const producer = await backbone().producer();
    const unknown = { code: "UNKNOWN_TOPIC" };
    await expect(producer.send([outgoing("nowhere", "x")])).rejects.toMatchObject(unknown);
    await expect(producer.send([outgoing(topic, "x", { partition: 2 })])).rejects.toMatchObject(unknown);
    await expect(
      (async () => backbone().reader([{ topic: "nowhere", partition: 0, offset: 0 }]))(),
    ).rejects.toMatchObject(unknown);
    await expect((async () => backbone().offsets(["nowhere"]))()).rejects.toMatchObject(unknown);
    await producer.send([outgoing(topic, "still works")]);
    expect(await valuesOf(backbone(), topic)).toEqual(["still works"]);
    await producer.close();
  });
}

function recordConformance(backbone: () => Backbone): void {
  test("bytes, headers, timestamps, null keys, empty values and tombstones survive", async () => {
    const topic = await newTopic(backbone());
    const producer = await backbone().producer();
    const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i);
    const times = [1_700_000_000_123, 0, 1_600_000_000_000, 4_102_444_800_000, 1];
    const sent = [
      outgoing(topic, "", { timestamp: times[0]!, key: everyByte, value: everyByte }),
      outgoing(topic, "no key", { timestamp: times[1]! }),
      outgoing(topic, "", { timestamp: times[2]!, key: bytes("tombstone"), value: null }),
      outgoing(topic, "", { timestamp: times[3]!, key: bytes(""), value: bytes("") }),
      outgoing(topic, "with headers", {
        timestamp: times[4]!,
        headers: { kafka_correlationId: everyByte, größe: bytes(""), z: bytes("ü") },
      }),
    ];
    await producer.send(sent);
    const [records] = (await readAll(backbone(), topic)).values();
    expect(records!.map((record) => record.offset)).toEqual([0, 1, 2, 3, 4]);
    expect(records!.map((record) => record.timestamp)).toEqual(times);
    const plain = (value: Uint8Array | null): number[] | null => (value === null ? null : [...value]);
    expect(records!.map((record) => plain(record.key))).toEqual(sent.map((record) => plain(record.key)));
    expect(records!.map((record) => plain(record.value))).toEqual(sent.map((record) => plain(record.value)));
    expect(records!.slice(0, 4).map((record) => Object.keys(record.headers))).toEqual([[], [], [], []]);
    const headers = Object.entries(records![4]!.headers).map(([header, value]) => [header, plain(value)]);
    expect(Object.fromEntries(headers)).toEqual({
      kafka_correlationId: [...everyByte],
      größe: [],
      z: [...bytes("ü")],
    });
    await producer.close();
  });

  test("calls that do not wait for one another are stored in their order, partition by partition", async () => {
    const topic = await newTopic(backbone(), { partitions: 3 });
    const producer = await backbone().producer();
    const sends: Promise<void>[] = [];
    for (let i = 0; i < 300; i++) {
      const run = Array.from({ length: 1 + (i % 5) }, (_, j) =>
        outgoing(topic, `${i}.${j}`, { partition: (i + j) % 3 }),
      );
      sends.push(producer.send(run));
    }
    await Promise.all(sends);
    const records = await readAll(backbone(), topic);
    for (let partition = 0; partition < 3; partition++) {
      const expected: string[] = [];
      for (let i = 0; i < 300; i++) {
        for (let j = 0; j < 1 + (i % 5); j++) if ((i + j) % 3 === partition) expected.push(`${i}.${j}`);
      }
      expect(records.get(`${topic}/${partition}`)!.map((record) => text(record.value))).toEqual(expected);
    }
    await producer.close();
  });

  test("a record of exactly MAX_RECORD_BYTES is stored", async () => {
    const topic = await newTopic(backbone());
    const producer = await backbone().producer();
    const headers = { h: new Uint8Array(99) };
    const value = new Uint8Array(MAX_RECORD_BYTES - 1_000 - 100).fill(7);
    await producer.send([outgoing(topic, "", { key: new Uint8Array(1_000), value, headers })]);
    const [records] = (await readAll(backbone(), topic)).values();
    expect(records!.map((record) => record.value?.length)).toEqual([value.length]);
    await producer.close();
  });

  test("a record that is larger is a RECORD_TOO_LARGE, and nothing of its call is stored", async () => {
    const topic = await newTopic(backbone());
    const producer = await backbone().producer();
    const call = [outgoing(topic, "before"), outgoing(topic, "", { value: new Uint8Array(MAX_RECORD_BYTES + 1) })];
    await expect(producer.send(call)).rejects.toMatchObject({ code: "RECORD_TOO_LARGE" });
    await producer.send([outgoing(topic, "after")]);
    expect(await valuesOf(backbone(), topic)).toEqual(["after"]);
    await producer.close();
  });

  test.each([
    ["10,000 headers", Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`h${i}`, new Uint8Array(1)]))],
    ["a header's name of 70,000 bytes", { ["n".repeat(70_000)]: new Uint8Array(1) }],
  ])("%s are a RECORD_TOO_LARGE, nothing of the call is stored, and the producer goes on", async (_, headers) => {
    const topic = await newTopic(backbone());
    const producer = await backbone().producer();
    const call = [outgoing(topic, "before"), outgoing(topic, "", { headers })];
    await expect(producer.send(call)).rejects.toMatchObject({ code: "RECORD_TOO_LARGE" });
    await producer.send([outgoing(topic, "after", { headers: { h: new Uint8Array(70_000) } })]);
    const [records] = (await readAll(backbone(), topic)).values();
    expect(records!.map(({ value, headers }) => [text(value), headers["h"]?.length])).toEqual([["after", 70_000]]);
    await producer.close();
  });

  test.each([-1, LATEST_TIME + 1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
    "a record of time %d is a BAD_TIME, and nothing of its call is stored",
    async (timestamp) => {
      const topic = await newTopic(backbone());
      const producer = await backbone().producer();
      const call = [outgoing(topic, "before"), outgoing(topic, "", { timestamp })];
      await expect(producer.send(call)).rejects.toMatchObject({ code: "BAD_TIME" });
      await producer.send([outgoing(topic, "last", { timestamp: LATEST_TIME })]);
      expect(await valuesOf(backbone(), topic)).toEqual(["last"]);
      await producer.close();
    },
  );

  test("a call of many megabytes for one partition is stored whole and in order", async () => {
    const topic = await newTopic(backbone());
    const producer = await backbone().producer();
    const records = Array.from({ length: 60 }, (_, i) => {
      const value = new Uint8Array(100_000).fill(i);
      return outgoing(topic, "", { value });
    });
    await producer.send(records);
    const [stored] = (await readAll(backbone(), topic)).values();
    expect(stored!.map((record) => [record.value!.length, record.value![0], record.value!.at(-1)])).toEqual(
      Array.from({ length: 60 }, (_, i) => [100_000, i, i]),
    );
    await producer.close();
  });

  test("10,000 records go through one poll loop, none lost and none twice", async () => {
    const topic = await newTopic(backbone(), { partitions: 4 });
    const reader = await backbone().reader([0, 1, 2, 3].map((partition) => ({ topic, partition, offset: 0 })));
    const producer = await backbone().producer();
    const all = Array.from({ length: 10_000 }, (_, i) => outgoing(topic, String(i), { partition: i % 4 }));
    const reading = readCount(reader, 10_000);
    for (let i = 0; i < all.length; i += 500) await producer.send(all.slice(i, i + 500));
    const records = await reading;
    for (let partition = 0; partition < 4; partition++) {
      const values = records.get(`${topic}/${partition}`)!.map((record) => Number(text(record.value)));
      expect(values).toEqual(Array.from({ length: 2_500 }, (_, i) => i * 4 + partition));
    }
    await reader.close();
    await producer.close();
  });

  test("a compacted topic keeps the newest record of each key", async () => {
    const topic = await newTopic(backbone(), { cleanup: "compact" });
    const producer = await backbone().producer();
    for (let round = 0; round < 5; round++) {
      const run = Array.from({ length: 20 }, (_, i) => outgoing(topic, `${round}`, { key: bytes(`key-${i}`) }));
      await producer.send(run);
    }
    const [records] = (await readAll(backbone(), topic)).values();
    const newest = new Map(records!.map((record) => [text(record.key), text(record.value)]));
    expect(newest).toEqual(new Map(Array.from({ length: 20 }, (_, i) => [`key-${i}`, "4"])));
    const offsets = records!.map((record) => record.offset);
    expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
    await producer.close();
  });
}

function readerConformance(backbone: () => Backbone): void {
  const fill = async (topic: string, count: number, partition = 0): Promise<void> => {
    const producer = await backbone().producer();
    await producer.send(Array.from({ length: count }, (_, i) => outgoing(topic, String(i), { partition })));
    await producer.close();
  };
  const offsetsOf = (records: Map<string, readonly { readonly offset: number }[]>, topic: string, partition = 0) =>
    (records.get(`${topic}/${partition}`) ?? []).map((record) => record.offset);

  test("a reader begins at its position and ends at the end", async () => {
    const topic = await newTopic(backbone());
    await fill(topic, 10);
    const reader = await backbone().reader([{ topic, partition: 0, offset: 4 }]);
    expect(offsetsOf(await readCount(reader, 6), topic)).toEqual([4, 5, 6, 7, 8, 9]);
    expect(await reader.poll(20)).toEqual([]);
    await reader.close();
  });

  test("poll returns nothing after its time, and not before", async () => {
    const topic = await newTopic(backbone());
    const reader = await backbone().reader([{ topic, partition: 0, offset: 0 }]);
    const started = performance.now();
    expect(await reader.poll(200)).toEqual([]);
    expect(performance.now() - started).toBeGreaterThan(190);
    await reader.close();
  });

  test("poll wakes at once when records come", async () => {
    const topic = await newTopic(backbone());
    const producer = await backbone().producer();
    const reader = await backbone().reader([{ topic, partition: 0, offset: 0 }]);
    for (let round = 0; round < 3; round++) {
      const polled = reader.poll(20_000);
      const started = performance.now();
      await producer.send([outgoing(topic, `${round}`)]);
      const fetches = await polled;
      expect(fetches.flatMap((fetch) => fetch.records.map((record) => text(record.value)))).toEqual([`${round}`]);
      expect(performance.now() - started).toBeLessThan(5_000);
    }
    await reader.close();
    await producer.close();
  });

  test("poll gives at most the records asked for, and the rest later", async () => {
    const topic = await newTopic(backbone(), { partitions: 2 });
    await fill(topic, 50, 0);
    await fill(topic, 50, 1);
    const reader = await backbone().reader([0, 1].map((partition) => ({ topic, partition, offset: 0 })));
    const seen = new Map<string, number[]>();
    for (let count = 0; count < 100;) {
      const fetches = await reader.poll(1_000, 7);
      const got = fetches.reduce((sum, fetch) => sum + fetch.records.length, 0);
      expect(got).toBeLessThanOrEqual(7);
      expect(fetches.every((fetch) => fetch.records.length > 0)).toBe(true);
      count += got;
      for (const fetch of fetches) {
        const list = seen.get(nameOf(fetch)) ?? [];
        seen.set(nameOf(fetch), [...list, ...fetch.records.map((record) => record.offset)]);
      }
    }
    const all = Array.from({ length: 50 }, (_, i) => i);
    expect([seen.get(`${topic}/0`), seen.get(`${topic}/1`)]).toEqual([all, all]);
    await reader.close();
  });

  test("after a seek, back or forth, the next poll delivers from there", async () => {
    const topic = await newTopic(backbone());
    await fill(topic, 100);
    const reader = await backbone().reader([{ topic, partition: 0, offset: 0 }]);
    await readCount(reader, 100);
    reader.seek({ topic, partition: 0, offset: 20 });
    const back = await reader.poll(5_000, 5);
    expect(back[0]!.records.map((record) => record.offset)).toEqual([20, 21, 22, 23, 24]);
    reader.seek({ topic, partition: 0, offset: 95 });
    expect(offsetsOf(await readCount(reader, 5), topic)).toEqual([95, 96, 97, 98, 99]);
    reader.seek({ topic, partition: 0, offset: 0 });
    reader.seek({ topic, partition: 0, offset: 98 });
    expect(offsetsOf(await readCount(reader, 2), topic)).toEqual([98, 99]);
    await reader.close();
  });

  test("a paused partition is silent while others flow, and loses nothing", async () => {
    const topic = await newTopic(backbone(), { partitions: 2 });
    await fill(topic, 100, 0);
    await fill(topic, 100, 1);
    const reader = await backbone().reader([0, 1].map((partition) => ({ topic, partition, offset: 0 })));
    const before = await reader.poll(5_000, 10);
    const paused = { topic, partition: 0 };
    reader.pause([paused]);
    const taken = new Map([0, 1].map((partition) => [`${topic}/${partition}`, [] as number[]]));
    const note = (fetches: typeof before): void => {
      for (const fetch of fetches) taken.get(nameOf(fetch))!.push(...fetch.records.map((record) => record.offset));
    };
    note(before);
    const ofPaused = taken.get(`${topic}/0`)!.length;
    while (taken.get(`${topic}/1`)!.length < 100) note(await reader.poll(1_000, 13));
    note(await reader.poll(50));
    expect(taken.get(`${topic}/0`)!.length).toBe(ofPaused);
    reader.resume([paused]);
    while (taken.get(`${topic}/0`)!.length < 100) note(await reader.poll(1_000, 13));
    const all = Array.from({ length: 100 }, (_, i) => i);
    expect([...taken.values()]).toEqual([all, all]);
    await reader.close();
  });

  test("records that come while a partition is paused are there after resume", async () => {
    const topic = await newTopic(backbone());
    const reader = await backbone().reader([{ topic, partition: 0, offset: 0 }]);
    reader.pause([{ topic, partition: 0 }]);
    await fill(topic, 5);
    expect(await reader.poll(100)).toEqual([]);
    reader.resume([{ topic, partition: 0 }]);
    expect(offsetsOf(await readCount(reader, 5), topic)).toEqual([0, 1, 2, 3, 4]);
    await reader.close();
  });

  test("a reader of nothing polls to the end of its time", async () => {
    const reader = await backbone().reader([]);
    expect(await reader.poll(20)).toEqual([]);
    await reader.close();
  });

  test("readers of the same partition do not disturb each other", async () => {
    const topic = await newTopic(backbone());
    await fill(topic, 10);
    const readers = await Promise.all([0, 5].map((offset) => backbone().reader([{ topic, partition: 0, offset }])));
    const [all, half] = await Promise.all([readCount(readers[0]!, 10), readCount(readers[1]!, 5)]);
    expect([offsetsOf(all, topic).length, offsetsOf(half, topic)]).toEqual([10, [5, 6, 7, 8, 9]]);
    await Promise.all(readers.map((reader) => reader.close()));
  });

  test("a reader that is closed while it polls ends its poll", async () => {
    const topic = await newTopic(backbone());
    const reader = await backbone().reader([{ topic, partition: 0, offset: 0 }]);
    const polled = reader.poll(60_000);
    await reader.close();
    await eventually(async () => expect(await polled).toEqual([]));
  });
}
