import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { OutgoingRecord } from "../../../../streams/backbone/backbone.ts";
import { createEmbeddedBackbone, type EmbeddedBackbone } from "../../../../streams/backbones/embedded/index.ts";
import { StreamsError } from "../../../../streams/errors.ts";
import { bytes, outgoing, readAll, text } from "../backbone-harness.ts";
import { Failing, type Failure } from "./failing-database.ts";
import { hasCode } from "../../../../streams/coded-error.ts";

let dir: string;
let failing: Failing;
let backbone: EmbeddedBackbone;

const open = (): Promise<EmbeddedBackbone> => createEmbeddedBackbone({ dir, database: failing.open });
const reopen = async (): Promise<void> => {
  await backbone.close();
  backbone = await open();
};

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-failed-writes-"));
  failing = new Failing();
  backbone = await open();
});

afterEach(async () => {
  await backbone.close();
  await rm(dir, { recursive: true });
});

/** Tries as long as the error says that it may work later. */
async function insist<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof StreamsError && error.flags.retry)) throw error;
      await new Promise(setImmediate);
    }
  }
}

const valuesOf = async (topic: string): Promise<(string | null)[]> =>
  (await readAll(backbone, topic)).get(`${topic}/0`)!.map(({ value }) => text(value));
const offsetsOf = async (topic: string): Promise<number[]> =>
  (await readAll(backbone, topic)).get(`${topic}/0`)!.map(({ offset }) => offset);
const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

describe("a record that can't be stored", () => {
  const name = "x".repeat(70_000);
  const unfit: readonly (readonly [string, (topic: string) => OutgoingRecord])[] = [
    ["a header's name of 70,000 bytes", (topic) => outgoing(topic, "no", { headers: { [name]: bytes("v") } })],
    [
      "70,000 headers",
      (topic) => outgoing(topic, "no", { headers: Object.fromEntries(numbers(70_000).map((n) => [n, bytes("")])) }),
    ],
    ["a value of no bytes", (topic) => outgoing(topic, "no", { value: 5 as never })],
    ["a header that is nothing", (topic) => outgoing(topic, "no", { headers: { h: null as never } })],
  ];

  test.each(unfit)("takes no offset and holds nobody up: %s", async (_, record) => {
    await backbone.ensureTopics([
      { name: "a", partitions: 1, cleanup: "compact" },
      { name: "b", partitions: 1, cleanup: "delete" },
    ]);
    const producer = await backbone.producer({ transactionalId: "t" });
    await producer.send([outgoing("a", "1")]);
    const refused = [outgoing("b", "no"), outgoing("a", "no", { key: bytes("k") }), record("a")];
    await expect(producer.send(refused)).rejects.toThrow();
    const transaction = await producer.begin();
    await expect(transaction.send(refused).then(() => transaction.commit())).rejects.toThrow();
    await transaction.abort();
    await producer.send([outgoing("a", "2", { key: bytes("k") }), outgoing("b", "1")]);
    for (let round = 0; round < 2; round++) {
      expect(await valuesOf("a")).toEqual(["1", "2"]);
      expect(await offsetsOf("a")).toEqual([0, 1]);
      expect(await offsetsOf("b")).toEqual([0]);
      await reopen();
    }
  });

  test("with headers that do not fit is RECORD_TOO_LARGE", async () => {
    await backbone.ensureTopics([{ name: "a", partitions: 1, cleanup: "delete" }]);
    const producer = await backbone.producer();
    for (const [, record] of unfit.slice(0, 2)) {
      await expect(producer.send([record("a")])).rejects.toMatchObject({ code: "RECORD_TOO_LARGE" });
    }
  });
});

describe.each<Failure>(["before", "after"])("a write that fails %s it is stored", (failure) => {
  beforeEach(() => backbone.ensureTopics([{ name: "a", partitions: 1, cleanup: "compact" }]));

  test.each([0, 1, 2, 5])("is the only one that is not acknowledged: write %i of several in flight", async (at) => {
    failing.writes.push(...numbers(at).map(() => undefined), failure);
    const producer = await backbone.producer();
    const acknowledged: string[] = [];
    const refused: string[] = [];
    for (const round of numbers(8)) {
      // Those of one round are in flight at once, and in one or two writes.
      await Promise.all(
        numbers(3).map(async (part) => {
          const value = `${round}.${part}`;
          try {
            await insist(() =>
              producer.send([outgoing("a", value, { key: bytes(value) })]).catch((error: unknown) => {
                if (hasCode(error, "BACKBONE_UNAVAILABLE")) refused.push(value);
                throw error;
              }),
            );
            acknowledged.push(value);
          } catch (error) {
            expect(error).toBeUndefined();
          }
        }),
      );
    }
    expect(acknowledged).toHaveLength(24);
    expect(refused.length).toBeGreaterThan(0);
    for (let round = 0; round < 2; round++) {
      const values = await valuesOf("a");
      // Tried again after a failure that was none, a key has a newer record: compaction keeps one.
      expect(new Set(values)).toEqual(new Set(acknowledged));
      expect(values).toHaveLength(24);
      const end = (await backbone.offsets(["a"]))[0]!.end;
      expect((await offsetsOf("a")).at(-1)).toBe(end - 1);
      await reopen();
    }
  });

  test("leaves no gap, and a reader that waits goes on", async () => {
    const producer = await backbone.producer();
    const reader = await backbone.reader([{ topic: "a", partition: 0, offset: 0 }]);
    const seen: number[] = [];
    for (const n of numbers(40)) {
      if (n % 7 === 3) failing.writes.push(failure);
      await insist(() => producer.send([outgoing("a", String(n))]));
      for (const { records } of await reader.poll(0)) seen.push(...records.map(({ offset }) => offset));
    }
    while (seen.length < (failure === "before" ? 40 : 46)) {
      for (const { records } of await reader.poll(1_000)) seen.push(...records.map(({ offset }) => offset));
    }
    expect(seen).toEqual(numbers(seen.length));
    await reader.close();
  });

  test("leaves groups where the database has them, with their records", async () => {
    const producer = await backbone.producer({ transactionalId: "t" });
    const commit = async (n: number): Promise<void> => {
      const transaction = await producer.begin();
      await transaction.send([outgoing("a", String(n))]);
      await transaction.sendOffsets("g", [{ topic: "a", partition: 0, offset: n }]);
      await transaction.commit();
    };
    await commit(1);
    failing.writes.push(failure);
    await expect(commit(2)).rejects.toMatchObject({ code: "BACKBONE_UNAVAILABLE", flags: { retry: true } });
    const expected = failure === "before" ? 1 : 2;
    const standing = await insist(async () => {
      const at = await backbone.committed("g", ["a"]);
      await producer.send([]);
      return at;
    });
    await insist(() => producer.send([]));
    expect(await backbone.committed("g", ["a"])).toEqual([{ topic: "a", partition: 0, offset: expected }]);
    expect(standing).toHaveLength(1);
    await reopen();
    expect(await backbone.committed("g", ["a"])).toEqual([{ topic: "a", partition: 0, offset: expected }]);
    expect(await valuesOf("a")).toHaveLength(expected);
  });

  test("leaves topics, their retention and schemas as the database has them, and no id is used twice", async () => {
    failing.writes.push(failure);
    await expect(backbone.ensureTopics([{ name: "b", partitions: 2, cleanup: "delete" }])).rejects.toMatchObject({
      code: "BACKBONE_UNAVAILABLE",
    });
    const there = failure === "before" ? undefined : 2;
    await insist(() => backbone.ensureTopics([{ name: "c", partitions: 1, cleanup: "delete" }]));
    expect(await backbone.partitions("b")).toBe(there);
    await insist(() => backbone.ensureTopics([{ name: "b", partitions: 2, cleanup: "delete" }]));
    const producer = await backbone.producer();
    await producer.send([outgoing("b", "of b"), outgoing("c", "of c")]);

    failing.writes.push(failure);
    await expect(backbone.retain([{ topic: "c", retentionMs: 1_000 }])).rejects.toThrow();
    await insist(() => producer.send([]));
    const kept = failure === "before" ? null : 1_000;
    expect(await backbone.retention(["c"])).toEqual([{ topic: "c", retentionMs: kept }]);

    failing.writes.push(failure);
    await expect(backbone.registry.register("s", "string", "NONE")).rejects.toThrow();
    await insist(() => producer.send([]));
    const subjects = failure === "before" ? [] : ["s"];
    expect(await backbone.registry.subjects()).toEqual(subjects);
    const id = await insist(() => backbone.registry.register("s", "string", "NONE"));
    for (let round = 0; round < 2; round++) {
      expect(await backbone.registry.schema(id)).toBe("string");
      expect(await valuesOf("b")).toEqual(["of b"]);
      expect(await valuesOf("c")).toEqual(["of c"]);
      expect(await backbone.retention(["c"])).toEqual([{ topic: "c", retentionMs: kept }]);
      await reopen();
    }
  });

  test("does not store a transaction twice", async () => {
    const producer = await backbone.producer({ transactionalId: "t" });
    const transaction = await producer.begin();
    await transaction.send([outgoing("a", "1")]);
    failing.writes.push(failure);
    await expect(transaction.commit()).rejects.toMatchObject({ code: "BACKBONE_UNAVAILABLE" });
    await insist(() => producer.send([]));
    await expect(transaction.commit()).rejects.toMatchObject({ code: "TRANSACTION_OPEN" });
    await (await producer.begin()).abort();
    expect(await valuesOf("a")).toEqual(failure === "before" ? [] : ["1"]);
  });

  test("does not hold up close, whether it is under way or the log can't be opened again", async () => {
    const producer = await backbone.producer();
    await producer.send([outgoing("a", "1")]);
    failing.writes.push(failure);
    failing.openings = Number.POSITIVE_INFINITY;
    let closing: Promise<void> | undefined;
    failing.onFailing = () => void (closing = backbone.close());
    await expect(producer.send([outgoing("a", "2")])).rejects.toThrow();
    await closing;
    await expect(producer.send([outgoing("a", "3")])).rejects.toMatchObject({ code: "CLOSED" });
    failing.openings = 0;
    backbone = await open();
    expect(await valuesOf("a")).toEqual(failure === "before" ? ["1"] : ["1", "2"]);
  });
});

test("while the log can't be opened again everybody is told, polls come back empty, and then all goes on", async () => {
  const lines: string[] = [];
  const log = { info: say, warn: say, error: say };
  function say(_: object, line: string): void {
    lines.push(line);
  }
  await backbone.close();
  backbone = await createEmbeddedBackbone({ dir, database: failing.open, log });
  await backbone.ensureTopics([{ name: "a", partitions: 1, cleanup: "delete" }]);
  const producer = await backbone.producer();
  for (let n = 0; n < 5_000; n += 100) await producer.send(numbers(100).map((k) => outgoing("a", String(n + k))));
  const reader = await backbone.reader([{ topic: "a", partition: 0, offset: 0 }]);
  failing.writes.push("before");
  failing.openings = 2;
  await expect(producer.send([outgoing("a", "no")])).rejects.toMatchObject({ code: "BACKBONE_UNAVAILABLE" });
  expect(await reader.poll(0)).toEqual([]);
  await expect(backbone.ensureTopics([{ name: "b", partitions: 1, cleanup: "delete" }])).rejects.toMatchObject({
    code: "BACKBONE_UNAVAILABLE",
    message: expect.stringContaining("No space left on device") as string,
  });
  await insist(() => producer.send([outgoing("a", "5000")]));
  let seen = 0;
  while (seen < 5_001) for (const { records } of await reader.poll(1_000)) seen += records.length;
  expect(seen).toBe(5_001);
  expect(lines.some((line) => /the embedded log: waiting/.test(line))).toBe(true);
  expect(lines.some((line) => /the embedded log: goes on/.test(line))).toBe(true);
  await reader.close();
});
