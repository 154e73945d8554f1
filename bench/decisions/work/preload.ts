import { partitionOf, replyHeaders, Serdes, type Backbone, type OutgoingRecord } from "../../../streams/index.ts";
import { features, random } from "./random.ts";
import { fixedRegistry } from "./registry.ts";
import { PARTITIONS, REQUEST_FEATURES, replies, requestsOn, UNIT_FEATURES, unitFeatures } from "./topics.ts";

export const UNITS = 100_000;
const CALL = 2_000;
/** Event times: the features are older than every request. */
const START = Date.UTC(2026, 0, 1);

export const unitName = (index: number): string => `unit-${String(index).padStart(6, "0")}`;

/** The features of every unit, on a compacted topic. */
export async function preloadUnits(backbone: Backbone): Promise<void> {
  const serdes = new Serdes(fixedRegistry());
  await serdes.open(unitFeatures);
  await fill(backbone, unitFeatures.name, "compact", UNITS, (index) => ({
    key: unitName(index),
    value: serdes.encode(unitFeatures, { values: features(1_000_000 + index, UNIT_FEATURES) }),
    timestamp: START,
  }));
}

/** Makes requests: the request of one index is always the same, but for the address of its reply. */
export async function requestMaker(): Promise<
  (index: number, topic: string, replyPartition: number, timestamp: number) => OutgoingRecord
> {
  const serdes = new Serdes(fixedRegistry());
  const schema = requestsOn("requests");
  await serdes.open(schema);
  return (index, topic, replyPartition, timestamp) => {
    const unit = unitOf(index);
    const correlation = Buffer.alloc(4);
    correlation.writeInt32BE(index);
    const value = { id: `decision-${String(index).padStart(7, "0")}`, unit, features: requestFeatures(index) };
    const key = Buffer.from(unit);
    return {
      topic,
      partition: partitionOf(key, PARTITIONS),
      timestamp,
      key,
      value: serdes.encode(schema, value),
      headers: replyHeaders(replies.name, replyPartition, correlation),
    };
  };
}

export const unitIndexOf = (index: number): number => Math.floor(random(index)() * UNITS);
const unitOf = (index: number): string => unitName(unitIndexOf(index));
export const requestFeatures = (index: number): Float32Array => features(2_000_000 + index, REQUEST_FEATURES);
export const featuresOfUnit = (unit: number): Float32Array => features(1_000_000 + unit, UNIT_FEATURES);

/** A backlog of requests, replies to all partitions in turn. */
export async function preloadRequests(backbone: Backbone, topic: string, count: number): Promise<void> {
  const make = await requestMaker();
  await backbone.ensureTopics([{ name: topic, partitions: PARTITIONS, cleanup: "delete" }]);
  const producer = await backbone.producer();
  for (let from = 0; from < count; from += CALL) {
    const length = Math.min(CALL, count - from);
    await producer.send(
      Array.from({ length }, (_, i) => make(from + i, topic, (from + i) % PARTITIONS, START + 1_000 + from + i)),
    );
  }
  await producer.close();
}

async function fill(
  backbone: Backbone,
  topic: string,
  cleanup: "delete" | "compact",
  count: number,
  record: (index: number) => { key: string; value: Uint8Array; timestamp: number },
): Promise<void> {
  await backbone.ensureTopics([{ name: topic, partitions: PARTITIONS, cleanup }]);
  const producer = await backbone.producer();
  for (let from = 0; from < count; from += CALL) {
    await producer.send(
      Array.from({ length: Math.min(CALL, count - from) }, (_, i) => {
        const { key, value, timestamp } = record(from + i);
        const bytes = Buffer.from(key);
        return { topic, partition: partitionOf(bytes, PARTITIONS), timestamp, key: bytes, value };
      }),
    );
  }
  await producer.close();
}
