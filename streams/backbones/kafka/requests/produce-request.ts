import { ProtocolError } from "../cluster/kafka-errors.ts";
import { RequestBytes } from "./request-bytes.ts";
import type { Broker } from "../cluster/wire.ts";

/** An encoded record batch for one partition. */
export interface PartitionBatch {
  readonly topic: string;
  readonly partition: number;
  readonly batch: Buffer;
}

const types: Readonly<Record<number, readonly [type: string, retriable: boolean]>> = {
  2: ["CORRUPT_MESSAGE", true],
  3: ["UNKNOWN_TOPIC_OR_PARTITION", true],
  5: ["LEADER_NOT_AVAILABLE", true],
  6: ["NOT_LEADER_FOR_PARTITION", true],
  7: ["REQUEST_TIMED_OUT", true],
  10: ["MESSAGE_TOO_LARGE", false],
  18: ["RECORD_LIST_TOO_LARGE", false],
  19: ["NOT_ENOUGH_REPLICAS", true],
  20: ["NOT_ENOUGH_REPLICAS_AFTER_APPEND", true],
  29: ["TOPIC_AUTHORIZATION_FAILED", false],
  32: ["INVALID_TIMESTAMP", false],
  45: ["OUT_OF_ORDER_SEQUENCE_NUMBER", false],
  47: ["INVALID_PRODUCER_EPOCH", false],
  48: ["INVALID_TXN_STATE", false],
  49: ["INVALID_PRODUCER_ID_MAPPING", false],
  51: ["CONCURRENT_TRANSACTIONS", true],
  56: ["KAFKA_STORAGE_ERROR", true],
  59: ["UNKNOWN_PRODUCER_ID", false],
  87: ["INVALID_RECORD", false],
  90: ["PRODUCER_FENCED", false],
};
/** The broker has these records already: a repetition of a request whose answer was lost. */
const duplicateSequence = 46;

interface Answer {
  readonly failed: ProtocolError[];
  readonly bases: Map<string, number>;
}

/**
 * Produce, version 7, all in-sync replicas. Rejects with the first partition's error, a final one before a transient
 * one.
 * @returns the offset of each batch's first record, by `topic/partition`. A repetition is left out: the broker does not
 * tell its offset.
 */
export async function produce(
  broker: Broker,
  transactionalId: string | undefined,
  batches: readonly PartitionBatch[],
  timeoutMs: number,
): Promise<ReadonlyMap<string, number>> {
  const bases = await broker.connectionPool.send({
    request: {
      apiKey: 0,
      apiVersion: 7,
      apiName: "Produce",
      encode: () => Promise.resolve(new RequestBytes(...encode(transactionalId, batches, timeoutMs))),
    },
    response: {
      decode: (payload) => Promise.resolve(answerIn(payload)),
      parse: (answer) => {
        const { failed, bases } = answer as Answer;
        const [first] = failed.sort((a, b) => Number(a.retriable) - Number(b.retriable));
        return first === undefined ? Promise.resolve(bases) : Promise.reject(first);
      },
    },
  });
  return bases as ReadonlyMap<string, number>;
}

function encode(
  transactionalId: string | undefined,
  batches: readonly PartitionBatch[],
  timeoutMs: number,
): readonly Buffer[] {
  const byTopic = Map.groupBy(batches, (batch) => batch.topic);
  const id = transactionalId === undefined ? undefined : Buffer.from(transactionalId);
  const head = Buffer.alloc(2 + (id?.length ?? 0) + 2 + 4 + 4);
  head.writeInt16BE(id?.length ?? -1, 0);
  if (id !== undefined) head.set(id, 2);
  const at = 2 + (id?.length ?? 0);
  head.writeInt16BE(-1, at);
  head.writeInt32BE(timeoutMs, at + 2);
  head.writeInt32BE(byTopic.size, at + 6);
  const parts: Buffer[] = [head];
  for (const [topic, partitions] of byTopic) {
    const name = Buffer.from(topic);
    const topicHead = Buffer.alloc(2 + name.length + 4);
    topicHead.writeInt16BE(name.length, 0);
    topicHead.set(name, 2);
    topicHead.writeInt32BE(partitions.length, 2 + name.length);
    parts.push(topicHead);
    for (const { partition, batch } of partitions) {
      const partitionHead = Buffer.alloc(8);
      partitionHead.writeInt32BE(partition, 0);
      partitionHead.writeInt32BE(batch.length, 4);
      parts.push(partitionHead, batch);
    }
  }
  return parts;
}

function answerIn(payload: Buffer): Answer {
  const failed: ProtocolError[] = [];
  const bases = new Map<string, number>();
  let at = 4;
  for (let topics = payload.readInt32BE(0); topics > 0; topics--) {
    const length = payload.readInt16BE(at);
    const topic = payload.toString("utf8", at + 2, at + 2 + length);
    const partitions = payload.readInt32BE(at + 2 + length);
    at += 2 + length + 4;
    // A partition's answer: partition, error, base offset, append time, start of the log.
    for (let i = 0; i < partitions; i++, at += 4 + 2 + 8 + 8 + 8) {
      const code = payload.readInt16BE(at + 4);
      if (code === duplicateSequence) continue;
      if (code === 0) {
        bases.set(`${topic}/${payload.readInt32BE(at)}`, Number(payload.readBigInt64BE(at + 6)));
        continue;
      }
      const [type, retriable] = types[code] ?? [`ERROR_${code}`, false];
      failed.push(new ProtocolError(type, retriable, `${topic}/${payload.readInt32BE(at)}`));
    }
  }
  return { failed, bases };
}
