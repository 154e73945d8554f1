import { gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { OutgoingRecord } from "../../../../streams/backbone/backbone.ts";
import { decodeBatches } from "../../../../streams/backbones/kafka/records/batch-decode.ts";
import {
  batchHeaderBytes,
  BatchBuilder,
  contentSize,
} from "../../../../streams/backbones/kafka/records/batch-encode.ts";
import { crc32c } from "../../../../streams/leveldb/crc32c.ts";
import { VarintReader, varintSize, writeVarint } from "../../../../streams/backbones/kafka/records/varint.ts";
import { encodeBatch } from "./encode-batch.ts";

const writer = { producerId: "-1", producerEpoch: -1, firstSequence: -1, transactional: false };

function record(value: string | null, more: Partial<OutgoingRecord> = {}): OutgoingRecord {
  return {
    topic: "t",
    partition: 0,
    timestamp: 1_000,
    key: null,
    value: value === null ? null : Buffer.from(value),
    ...more,
  };
}

/** As a broker stores it: with its first offset, and perhaps flags the producer can't set. */
function stored(batch: Buffer, offset: number, flags = 0): Buffer {
  const copy = Buffer.from(batch);
  copy.writeBigInt64BE(BigInt(offset), 0);
  copy.writeInt16BE(copy.readInt16BE(21) | flags, 21);
  return copy;
}

function marker(producerId: string, kind: "abort" | "commit", offset: number): Buffer {
  const key = Buffer.from([0, 0, 0, kind === "abort" ? 0 : 1]);
  return stored(encodeBatch([record("", { key })], { ...writer, producerId, transactional: true }), offset, 0x20);
}

describe("crc32c", () => {
  test("has the values of RFC 3720", () => {
    const of = (bytes: Uint8Array): number => crc32c(bytes, 0, bytes.length);
    expect(of(Buffer.from("123456789"))).toBe(0xe3069283);
    expect(of(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(of(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(of(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
  });

  test("of a part is that of the part alone, at any place", () => {
    const bytes = Buffer.from("xx123456789yyy");
    expect(crc32c(bytes, 2, 11)).toBe(0xe3069283);
  });
});

describe("varints", () => {
  const values = [0, -1, 1, 63, 64, -64, -65, 8_191, 8_192, 2 ** 30, 2 ** 31, -(2 ** 31), 2 ** 40 + 5, -(2 ** 45) - 3];

  test("come back as they were written, in the size that was foretold", () => {
    for (const value of values) {
      const bytes = new Uint8Array(12);
      const end = writeVarint(bytes, 1, value);
      expect(end - 1).toBe(varintSize(value));
      const reader = new VarintReader(bytes, 1);
      expect([reader.next(), reader.at]).toEqual([value, end]);
    }
  });

  test("have the bytes of zigzag encoding", () => {
    const bytes = new Uint8Array(2);
    for (const [value, expected] of [
      [-1, [1, 0]],
      [150, [172, 2]],
    ] as const) {
      bytes.fill(0);
      writeVarint(bytes, 0, value);
      expect([...bytes]).toEqual(expected);
    }
  });
});

describe("a record batch", () => {
  test("gives back its records, times apart by years and in any order included", async () => {
    const sent = [
      record("a", { timestamp: 1_700_000_000_000, key: Buffer.from("k") }),
      record(null, { timestamp: 5, key: Buffer.from("gone") }),
      record("", { timestamp: 4_000_000_000_000, headers: { h: Buffer.from("v"), ü: Buffer.alloc(0) } }),
    ];
    const { records, next } = decodeBatches(stored(encodeBatch(sent, writer), 40), 40, []);
    expect(next).toBe(43);
    expect(records).toEqual(
      sent.map(({ timestamp, key, value, headers = {} }, i) => ({ offset: 40 + i, timestamp, key, value, headers })),
    );
  });

  test("is never larger than it said before a record was added", () => {
    const headers = { größe: new Uint8Array(300), "": new Uint8Array(0) };
    for (const size of [0, 1, 63, 64, 8_191, 8_192, 100_000]) {
      const records = Array.from({ length: 50 }, (_, i) =>
        record("x".repeat(size), { key: new Uint8Array(size), timestamp: i * 1e12, headers }),
      );
      const builder = new BatchBuilder("t", 0);
      for (const each of records) {
        const limit = builder.sizeWith(contentSize(each));
        builder.add(each, contentSize(each));
        expect(builder.size).toBeLessThanOrEqual(limit);
      }
      expect(builder.finish(writer).length).toBe(builder.size);
    }
  });

  test("is read on from an offset within it, and left where it is cut off", async () => {
    const batch = encodeBatch([record("0"), record("1"), record("2")], writer);
    const run = Buffer.concat([stored(batch, 0), stored(batch, 3), stored(batch, 6).subarray(0, 70)]);
    const { records, next } = decodeBatches(run, 2, []);
    expect([records.map(({ offset }) => offset), next]).toEqual([[2, 3, 4, 5], 6]);
  });

  test.each([
    ["gzip", 1, gzipSync],
    ["zstd", 4, zstdCompressSync],
  ] as const)("compressed with %s is read", async (_, codec, compress) => {
    const plain = encodeBatch([record("a".repeat(500)), record("b")], writer);
    const body = compress(plain.subarray(batchHeaderBytes));
    const batch = stored(Buffer.concat([plain.subarray(0, batchHeaderBytes), body]), 7, codec);
    batch.writeInt32BE(batch.length - 12, 8);
    batch.writeUInt32BE(crc32c(batch, 21, batch.length), 17);
    const { records } = decodeBatches(batch, 0, []);
    expect(records.map(({ offset, value }) => [offset, value?.length])).toEqual([
      [7, 500],
      [8, 1],
    ]);
  });

  test("of an aborted transaction is not seen, nor are markers; other producers' batches between them are", async () => {
    const of = (producerId: string, value: string): Buffer =>
      encodeBatch([record(value)], { ...writer, producerId, transactional: true });
    const run = Buffer.concat([
      stored(of("1", "aborted"), 0),
      stored(of("2", "committed"), 1),
      stored(encodeBatch([record("plain")], { ...writer, producerId: "1" }), 2),
      stored(of("1", "aborted too"), 3),
      marker("1", "abort", 4),
      stored(of("1", "again"), 5),
      marker("2", "commit", 6),
      stored(of("2", "aborted later"), 7),
      marker("1", "commit", 8),
      marker("2", "abort", 9),
    ]);
    const aborted = [
      { producerId: 2n, firstOffset: 7 },
      { producerId: 1n, firstOffset: 0 },
    ];
    const { records, next } = decodeBatches(run, 0, aborted);
    expect(records.map(({ offset, value }) => [offset, String(value)])).toEqual([
      [1, "committed"],
      [2, "plain"],
      [5, "again"],
    ]);
    expect(next).toBe(10);
  });
});

test("a header may be named as what every object inherits", async () => {
  const headers = JSON.parse('{"__proto__":1,"constructor":2}') as Record<string, number>;
  const bytes = Object.fromEntries(Object.keys(headers).map((name) => [name, Buffer.from(name)]));
  const { records } = decodeBatches(stored(encodeBatch([record("v", { headers: bytes })], writer), 0), 0, []);
  expect(Object.entries(records[0]!.headers).map(([name, value]) => [name, String(value)])).toEqual([
    ["__proto__", "__proto__"],
    ["constructor", "constructor"],
  ]);
});
