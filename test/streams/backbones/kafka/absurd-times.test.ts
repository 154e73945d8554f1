import { expect, test } from "vitest";
import { decodeBatches } from "../../../../streams/backbones/kafka/records/batch-decode.ts";
import { batchHeaderBytes } from "../../../../streams/backbones/kafka/records/batch-encode.ts";
import { crc32c } from "../../../../streams/leveldb/crc32c.ts";
import { encodeBatch } from "./encode-batch.ts";

const writer = { producerId: "-1", producerEpoch: -1, firstSequence: -1, transactional: false };

function varint(number: bigint): number[] {
  const value = BigInt.asIntN(64, number);
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

/** A batch as a client with 64-bit integers writes it: each time as its distance from the first. */
function batchOf(times: readonly bigint[]): Buffer {
  const body = times.flatMap((time, at) => {
    const record = [0, ...varint(time - times[0]!), ...varint(BigInt(at)), ...varint(-1n), ...varint(1n), 120, 0];
    return [...varint(BigInt(record.length)), ...record];
  });
  const one = { topic: "t", partition: 0, timestamp: 0, key: null, value: null };
  const head = encodeBatch([one], writer).subarray(0, batchHeaderBytes);
  const batch = Buffer.concat([head, Buffer.from(body)]);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt32BE(times.length - 1, 23);
  batch.writeBigInt64BE(times[0]!, 27);
  batch.writeBigInt64BE(
    times.reduce((a, b) => (a > b ? a : b)),
    35,
  );
  batch.writeInt32BE(times.length, 57);
  batch.writeUInt32BE(crc32c(batch, 21, batch.length), 17);
  return batch;
}

const now = 1_795_807_903_834n;
const absurd = [
  2n ** 52n,
  2n ** 53n + 1n,
  5_068_046_015_980_000n,
  now * 1_000_000n,
  2n ** 62n,
  2n ** 63n - 1n,
  -(2n ** 62n),
];

test.each(absurd)("records behind one that is dated %d keep their own times, whichever comes first", (time) => {
  for (const times of [
    [time, now, now + 1n],
    [now, time, now + 1n],
    [-(2n ** 62n), time, now],
  ]) {
    const { records } = decodeBatches(batchOf(times), 0, []);
    expect(records.map(({ timestamp }) => timestamp)).toEqual(times.map(Number));
  }
});
