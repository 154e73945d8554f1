import { ProtocolError } from "./kafka-errors.ts";
import { RequestBytes } from "./request-bytes.ts";
import type { Broker } from "./wire.ts";

type Configs = ReadonlyMap<string, string>;

const topicResource = 2;
const setOperation = 0;
const none = -1;
/** Brokers take whole segments away: they may be so much of the retention long, at most the default. */
const segmentShare = 1 / 8;
const longestSegmentMs = 7 * 24 * 3_600_000;
const shortestSegmentMs = 60_000;

/** What keeps a topic's records for so long; null: for ever. A compacted topic stays compacted. */
export function retentionConfigs(retentionMs: number | null, cleanupPolicy: string): Configs {
  const compacted = cleanupPolicy.includes("compact");
  const segmentMs = Math.max(shortestSegmentMs, (retentionMs ?? Number.POSITIVE_INFINITY) * segmentShare);
  return new Map([
    ["cleanup.policy", compacted ? (retentionMs === null ? "compact" : "compact,delete") : "delete"],
    ["retention.ms", String(retentionMs ?? -1)],
    ["segment.ms", String(Math.floor(Math.min(longestSegmentMs, segmentMs)))],
  ]);
}

export function retentionIn(configs: Configs): number | null {
  const ms = Number(configs.get("retention.ms") ?? -1);
  return ms < 0 || !(configs.get("cleanup.policy") ?? "delete").includes("delete") ? null : ms;
}

/** IncrementalAlterConfigs, version 0: what is not named stays as it is. */
export async function changeTopicConfigs(broker: Broker, changes: ReadonlyMap<string, Configs>): Promise<void> {
  const parts = [int32(changes.size)];
  for (const [topic, configs] of changes) {
    parts.push(int8(topicResource), string(topic), int32(configs.size));
    for (const [name, value] of configs) parts.push(string(name), int8(setOperation), string(value));
  }
  parts.push(int8(0));
  await ask(broker, { apiKey: 44, apiVersion: 0, apiName: "IncrementalAlterConfigs" }, parts, (payload) => {
    const read = new Answer(payload);
    for (let left = read.int32(); left > 0; left--) {
      const [code, message] = [read.int16(), read.string()];
      read.int8();
      const topic = read.string();
      if (code !== 0) throw new ProtocolError(`ERROR_${code}`, false, `${topic}: ${message}`);
    }
  });
}

/** DescribeConfigs, version 1: the topics' settings of these names, defaults included. */
export async function describeTopicConfigs(
  broker: Broker,
  topics: readonly string[],
  names: readonly string[],
): Promise<ReadonlyMap<string, Configs>> {
  const parts = [int32(topics.length)];
  for (const topic of topics) parts.push(int8(topicResource), string(topic), int32(names.length), ...names.map(string));
  parts.push(int8(0));
  const found = new Map<string, Configs>();
  await ask(broker, { apiKey: 32, apiVersion: 1, apiName: "DescribeConfigs" }, parts, (payload) => {
    const read = new Answer(payload);
    for (let left = read.int32(); left > 0; left--) {
      const [code, message] = [read.int16(), read.string()];
      read.int8();
      const topic = read.string();
      if (code !== 0) throw new ProtocolError(`ERROR_${code}`, code === 3, `${topic}: ${message}`);
      const configs = new Map<string, string>();
      for (let entries = read.int32(); entries > 0; entries--) {
        configs.set(read.string(), read.string());
        read.skip(3);
        // Synonyms: not asked for, so there are none.
        for (let synonyms = read.int32(); synonyms > 0; synonyms--) {
          read.string();
          read.string();
          read.skip(1);
        }
      }
      found.set(topic, configs);
    }
  });
  return found;
}

async function ask(
  broker: Broker,
  api: { readonly apiKey: number; readonly apiVersion: number; readonly apiName: string },
  parts: readonly Buffer[],
  decode: (payload: Buffer) => void,
): Promise<void> {
  const buffer = Buffer.concat(parts);
  await broker.connectionPool.send({
    request: { ...api, encode: () => Promise.resolve(new RequestBytes(buffer)) },
    response: {
      // kafkajs looks for a throttle time in what comes back.
      decode: async (payload) => {
        decode(payload);
        return {};
      },
      parse: () => Promise.resolve(),
    },
  });
}

function int8(value: number): Buffer {
  return Buffer.of(value);
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
}

function string(value: string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Reads an answer from behind its throttle time. */
class Answer {
  readonly #payload: Buffer;
  #at = 4;

  constructor(payload: Buffer) {
    this.#payload = payload;
  }

  int8(): number {
    return this.#payload.readInt8((this.#at += 1) - 1);
  }

  int16(): number {
    return this.#payload.readInt16BE((this.#at += 2) - 2);
  }

  int32(): number {
    return this.#payload.readInt32BE((this.#at += 4) - 4);
  }

  /** Null as an empty one. */
  string(): string {
    const length = this.int16();
    if (length === none) return "";
    return this.#payload.toString("utf8", this.#at, (this.#at += length));
  }

  skip(bytes: number): void {
    this.#at += bytes;
  }
}
