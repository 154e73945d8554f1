import { expect, test } from "vitest";
import type { OutgoingRecord } from "../../../../streams/backbone/backbone.ts";
import { BatchBuffers } from "../../../../streams/backbones/kafka/records/batch-buffers.ts";
import { BatchBuilder, contentSize } from "../../../../streams/backbones/kafka/records/batch-encode.ts";
import { encodeBatch } from "./encode-batch.ts";

const writer = { producerId: "7", producerEpoch: 1, firstSequence: 3, transactional: true };

function records(count: number, size: number): OutgoingRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    topic: "t",
    partition: 0,
    timestamp: 1_000 + i,
    key: i % 3 === 0 ? null : Buffer.from(`key-${i}`),
    value: Buffer.alloc(size, i),
    headers: i % 2 === 0 ? { h: Buffer.from([i]) } : {},
  }));
}

test("a batch in the buffer of another one has the same bytes, shorter or longer than that one", () => {
  for (const count of [1, 50, 2_000]) {
    const batch = records(count, 40);
    const buffer = Buffer.alloc(40_000, 0xff);
    const builder = new BatchBuilder("t", 0, buffer);
    for (const record of batch) builder.add(record, contentSize(record));
    expect(builder.finish(writer).equals(encodeBatch(batch, writer))).toBe(true);
    expect(builder.bytes === buffer).toBe(count < 2_000);
  }
});

test("buffers are given out again, each to one, up to a limit and none that is soon made", () => {
  const buffers = new BatchBuffers();
  expect(buffers.take()).toBe(undefined);
  const [large, small] = [Buffer.alloc(1 << 20), Buffer.alloc(1 << 10)];
  buffers.give(small);
  expect(buffers.take()).toBe(undefined);
  for (let i = 0; i < 10; i++) buffers.give(i === 0 ? large : Buffer.alloc(1 << 20));
  const taken = new Set<Buffer>();
  for (let buffer = buffers.take(); buffer !== undefined; buffer = buffers.take()) taken.add(buffer);
  expect([taken.size, taken.has(large)]).toEqual([4, true]);
  buffers.give(large);
  expect(buffers.take()).toBe(large);
});
