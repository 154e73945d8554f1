import { expect, test } from "vitest";
import type { OutgoingRecord } from "../../../../streams/backbone/backbone.ts";
import { decodeBatches } from "../../../../streams/backbones/kafka/records/batch-decode.ts";
import { BatchBuffers } from "../../../../streams/backbones/kafka/records/batch-buffers.ts";
import { contentSize, type BatchBuilder } from "../../../../streams/backbones/kafka/records/batch-encode.ts";
import { RecordAccumulator } from "../../../../streams/backbones/kafka/write/record-accumulator.ts";

const writer = { producerId: "1", producerEpoch: 0, firstSequence: 0, transactional: true };
const brokerLimit = 1_048_588;

function record(topic: string, partition: number, size: number, i: number): OutgoingRecord {
  return { topic, partition, timestamp: i, key: null, value: new Uint8Array(size) };
}

function rounds(records: readonly OutgoingRecord[]): readonly (readonly BatchBuilder[])[] {
  const accumulator = new RecordAccumulator(new BatchBuffers(), () => 1_040_000);
  accumulator.add(records, records.map(contentSize));
  return accumulator.rounds();
}

test("no batch is over the broker's limit, and the order within a partition is kept", async () => {
  const records = Array.from({ length: 400 }, (_, i) => record(i % 3 ? "a" : "b", i % 2, (i * 7_919) % 300_000, i));
  const cut = rounds(records);
  const order = new Map<string, number[]>();
  for (const round of cut) {
    const names = round.map(({ topic, partition }) => `${topic}/${partition}`);
    expect(new Set(names).size).toBe(names.length);
    for (const [i, builder] of round.entries()) {
      const batch = builder.finish(writer);
      expect(batch.length).toBeLessThan(brokerLimit);
      const { records } = decodeBatches(batch, 0, []);
      order.set(names[i]!, [...(order.get(names[i]!) ?? []), ...records.map(({ timestamp }) => timestamp)]);
    }
  }
  expect([...order.values()].flat().length).toBe(400);
  for (const times of order.values()) expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test("many partitions are spread over rounds that stay well below the broker's request limit", () => {
  const records = Array.from({ length: 200 }, (_, i) => record("wide", i, 900_000, i));
  const sizes = rounds(records).map((round) => round.length * 900_000);
  expect(Math.max(...sizes)).toBeLessThan(20_000_000);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(180_000_000);
});

test("small records for one partition go in one batch", () => {
  const cut = rounds(Array.from({ length: 1_000 }, (_, i) => record("a", 0, 50, i)));
  expect(cut.map((round) => round.map((batch) => batch.count))).toEqual([[1_000]]);
});

test("nothing to send makes no round", () => {
  expect(rounds([])).toEqual([]);
});
