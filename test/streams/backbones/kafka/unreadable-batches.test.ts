import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { LogRecord } from "../../../../streams/backbone/backbone.ts";
import { StreamsError } from "../../../../streams/errors.ts";
import { decodeBatches } from "../../../../streams/backbones/kafka/records/batch-decode.ts";
import { batchHeaderBytes } from "../../../../streams/backbones/kafka/records/batch-encode.ts";
import { crc32c } from "../../../../streams/leveldb/crc32c.ts";
import { unlz4 } from "../../../../streams/backbones/kafka/records/lz4.ts";
import { unsnappy } from "../../../../streams/backbones/kafka/records/snappy.ts";
import { streamsLimits } from "../../../../streams/limits.ts";
import { random } from "../../../blueprints/random.ts";
import { encodeBatch } from "./encode-batch.ts";

const writer = { producerId: "-1", producerEpoch: -1, firstSequence: -1, transactional: false };

interface ForeignBatch {
  readonly producer: string;
  readonly codec: string;
  /** Record batches as a broker gave them back, base64. */
  readonly batch: string;
}
const foreign = JSON.parse(
  readFileSync(join(import.meta.dirname, "foreign-batches.json"), "utf8"),
) as readonly ForeignBatch[];

const record = (value: string) => ({
  topic: "t",
  partition: 0,
  timestamp: 1_000,
  key: null,
  value: Buffer.from(value),
});

/** A batch of so many records from an offset on, as a broker stores it. */
function stored(offset: number, ...values: readonly string[]): Buffer {
  const batch = Buffer.from(encodeBatch(values.map(record), writer));
  batch.writeBigInt64BE(BigInt(offset), 0);
  return batch;
}

/** With other bytes behind its header, said to be in a compression, and a checksum that holds. */
function withBody(batch: Buffer, codec: number, body: Buffer): Buffer {
  const made = Buffer.concat([batch.subarray(0, batchHeaderBytes), body]);
  made.writeInt32BE(made.length - 12, 8);
  made.writeInt16BE((made.readInt16BE(21) & ~7) | codec, 21);
  return summed(made);
}

function summed(batch: Buffer): Buffer {
  batch.writeUInt32BE(crc32c(batch, 21, batch.length), 17);
  return batch;
}

const bodyOf = (batch: Buffer): Buffer => batch.subarray(batchHeaderBytes);

/** What is read where `middle` lies between two good batches: their values, and places for what can't be read. */
function around(middle: Buffer, from = 0): readonly unknown[] {
  const run = Buffer.concat([stored(0, "before"), middle, stored(9, "behind")]);
  const { records, next } = decodeBatches(run, from, []);
  expect(next).toBe(10);
  return records.map(({ offset, value, unreadable }) => {
    if (unreadable === undefined) return String(value);
    expect(unreadable.error).toMatchObject({ code: "UNREADABLE_BATCH", flags: { retry: false, fatal: false } });
    return [unreadable.firstOffset, offset];
  });
}

const messageOf = (records: readonly LogRecord[]): string =>
  records.map(({ unreadable }) => unreadable?.error.message ?? "").join("");

describe("a batch of another producer is read", () => {
  test.each(foreign)("$codec of $producer", ({ batch }) => {
    const { records, next } = decodeBatches(Buffer.from(batch, "base64"), 0, []);
    expect(next).toBe(3);
    expect(records.map(({ key, value, headers }) => [String(key), String(value), String(headers["from"])])).toEqual(
      [0, 1, 2].map((i) => [`k${i}`, `value ${i} `.repeat(20), "elsewhere"]),
    );
  });

  test.each(foreign)("$codec of $producer from an offset within it", ({ batch }) => {
    const { records } = decodeBatches(Buffer.from(batch, "base64"), 2, []);
    expect(records.map(({ offset }) => offset)).toEqual([2]);
  });
});

describe("a batch that can't be read is one place in the log, and those around it are read, where", () => {
  const good = stored(1, "a", "b", "c");
  const plain = bodyOf(good);
  const edited = (change: (batch: Buffer) => void): Buffer => {
    const batch = Buffer.from(good);
    change(batch);
    return batch;
  };
  const whole = ["before", [1, 3], "behind"];

  test.each([2, 3, 4, 1])("compression %i has nonsense in it", (codec) => {
    expect(around(withBody(good, codec, Buffer.from("nonsense that is no format at all")))).toEqual(whole);
  });

  test.each([5, 6, 7])("its compression is number %i, which is none", (codec) => {
    expect(around(withBody(good, codec, plain))).toEqual(whole);
  });

  test.each([
    ["gzip", 1, gzipSync],
    ["zstd", 4, zstdCompressSync],
  ] as const)("%s is more than the limit when it is decompressed", (_name, codec, compress) => {
    const bomb = compress(Buffer.alloc(streamsLimits.batchBytes + 1));
    expect(bomb.length).toBeLessThan(streamsLimits.batchBytes / 500);
    expect(around(withBody(good, codec, bomb))).toEqual(whole);
  });

  test("a checksum over compressed records is wrong", () => {
    const batch = withBody(good, 1, gzipSync(plain));
    batch.writeUInt32BE(1, 17);
    expect(around(batch)).toEqual(whole);
  });

  test.each([0, 1])("it is of the old format %i", (format) => {
    const old = Buffer.concat([
      Buffer.alloc(16),
      Buffer.from([format, 0]),
      Buffer.alloc(format === 0 ? 8 : 16),
      Buffer.from("old"),
    ]);
    old.writeBigInt64BE(4n, 0);
    old.writeInt32BE(old.length - 12, 8);
    expect(around(old)).toEqual(["before", [4, 4], "behind"]);
  });

  test("it is of a format that is still to come", () => {
    expect(around(edited((batch) => (batch[16] = 3)))).toEqual(["before", [1, 1], "behind"]);
  });

  test.each([
    ["a number of records below 0", (batch: Buffer) => void batch.writeInt32BE(-1, 57)],
    ["a last offset before its first", (batch: Buffer) => void batch.writeInt32BE(-1, 23)],
  ])("it says it has %s", (_name, change) => {
    expect(around(summed(edited(change)))[0]).toBe("before");
    expect(around(summed(edited(change))).at(-1)).toBe("behind");
    expect(around(summed(edited(change)))).toHaveLength(3);
  });

  test("it has fewer records than it says", () => {
    expect(around(summed(edited((batch) => void batch.writeInt32BE(1_000_000_000, 57))))).toEqual([
      "before",
      "a",
      "b",
      "c",
      "behind",
    ]);
    const two = summed(edited((batch) => void batch.writeInt32BE(1_000, 57)).subarray(0));
    two.writeInt32BE(5, 23);
    expect(around(summed(two))).toEqual(["before", "a", "b", "c", [4, 6], "behind"]);
  });

  test("it has more records than it says", () => {
    expect(around(summed(edited((batch) => void batch.writeInt32BE(2, 57))))).toEqual([
      "before",
      "a",
      "b",
      [3, 3],
      "behind",
    ]);
  });

  test("a record in its middle lies about its length: those before it are read", () => {
    const at = batchHeaderBytes + plain.length / 3;
    expect(around(edited((batch) => (batch[at] = 0x7e)))).toEqual(["before", "a", [2, 3], "behind"]);
    expect(around(edited((batch) => (batch[at] = 0x01)))).toEqual(["before", "a", [2, 3], "behind"]);
  });

  test.each([2, 3, 4, 5, 6, 7])("a byte of its second record is another one: place %i", (place) => {
    const at = batchHeaderBytes + plain.length / 3 + place;
    for (const byte of [0x80, 0xff, 0x7f, 0x03]) {
      const [first, second, ...rest] = around(edited((batch) => (batch[at] = byte)));
      expect([first, second, rest.at(-1)]).toEqual(["before", "a", "behind"]);
    }
  });

  test("it says it has no bytes: it is asked for again behind that offset", () => {
    for (const size of [0, -12, -13, 4]) {
      const run = Buffer.concat([stored(0, "before"), edited((batch) => void batch.writeInt32BE(size, 8))]);
      const { records, next } = decodeBatches(run, 0, []);
      expect([records.length, records[1]!.unreadable?.firstOffset, next]).toEqual([2, 1, 2]);
    }
  });

  test("the message says which offsets, and whether the checksum is wrong", () => {
    const { records } = decodeBatches(
      edited((batch) => (batch[batchHeaderBytes] = 0x7f)),
      0,
      [],
    );
    expect(messageOf(records)).toMatch(/offsets 1 to 3: .*checksum is wrong/);
  });
});

test("a batch that can't be read and was aborted is not told", () => {
  const batch = withBody(
    Buffer.from(encodeBatch([record("x")], { ...writer, producerId: "5", transactional: true })),
    3,
    Buffer.from("?"),
  );
  expect(decodeBatches(batch, 0, [{ producerId: 5n, firstOffset: 0 }])).toEqual({ records: [], next: 1 });
});

test("whatever is done to a run of batches, reading it ends, and what it gives is in order", () => {
  const next = random(11);
  const bodies = foreign.map(({ batch }) => Buffer.from(batch, "base64"));
  const runs = [...bodies, Buffer.concat([stored(0, "a", "b"), stored(2, "c"), stored(3, "d", "e", "f")])];
  for (let at = 0; at < 3_000; at++) {
    const run = Buffer.from(runs[at % runs.length]!);
    for (let flips = 1 + Math.floor(next() * 4); flips > 0; flips--)
      run[Math.floor(next() * run.length)] = Math.floor(next() * 256);
    // The checksum of a compressed batch hides most of it.
    if (next() < 0.7 && run.length > batchHeaderBytes) run.writeUInt32BE(crc32c(run, 21, run.length), 17);
    const { records } = decodeBatches(run, 0, []);
    for (const { unreadable } of records)
      if (unreadable !== undefined) expect(unreadable.error).toBeInstanceOf(StreamsError);
  }
});

describe.each([
  ["Snappy", unsnappy],
  ["LZ4", unlz4],
] as const)("%s", (name, read) => {
  const compressed = foreign.filter(({ codec }) => codec === name.toLowerCase());

  test("refuses more than it may have, before it is there", () => {
    for (const { batch } of compressed) {
      const bytes = Buffer.from(batch, "base64");
      const body = bytes.subarray(batchHeaderBytes, 12 + bytes.readInt32BE(8));
      const { length } = read(body, 1 << 20);
      expect(length).toBeGreaterThan(150);
      expect(read(body, length)).toHaveLength(length);
      expect(() => read(body, length - 1)).toThrow(name);
    }
  });

  test("ends with bytes or an error for whatever it is given", () => {
    const next = random(3);
    for (let at = 0; at < 3_000; at++) {
      const bytes = Buffer.from(compressed[at % compressed.length]!.batch, "base64");
      const body = bytes.subarray(
        batchHeaderBytes,
        Math.floor(batchHeaderBytes + next() * (bytes.length - batchHeaderBytes)),
      );
      for (let flips = Math.floor(next() * 4); flips > 0 && body.length > 0; flips--)
        body[Math.floor(next() * body.length)] = Math.floor(next() * 256);
      try {
        expect(read(body, 4_096).length).toBeLessThanOrEqual(4_096);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
        expect(String(error)).not.toMatch(/RangeError|TypeError/);
      }
    }
  });
});
