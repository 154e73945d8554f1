import type { Backbone, Headers, OutgoingRecord, Producer } from "../backbone/backbone.ts";
import { checkTime } from "../backbone/event-time.ts";
import { partitionOf } from "../backbone/partitioner.ts";
import { StreamsError } from "../errors.ts";
import type { Serdes } from "../serde/serdes.ts";
import { checkRead, type Topic } from "../topic.ts";
import { ensureTopic } from "./topics/topics.ts";

export interface Published<V> {
  readonly topic: Topic<V>;
  readonly key: string;
  /** `null`: a tombstone. */
  readonly value: V | null;
  /** Event time, ms. */
  readonly time: number;
  readonly headers?: Headers;
  readonly partition?: number;
}

/** Reads and writes typed topics from outside a topology. A process of the loop has these, and so does every tool. */
export interface TopicTools {
  readonly backbone: Backbone;
  readonly serdes: Serdes;
  readonly publisher: Publisher;
}

/** Writes typed records from outside a topology: clients, importers, the trainer, tools. */
export class Publisher {
  readonly #backbone: Backbone;
  readonly #serdes: Serdes;
  readonly #producer: Producer;
  readonly #partitions: number;

  /** @param partitions of topics that have to be created and have no number of their own. */
  static async open(backbone: Backbone, serdes: Serdes, partitions: number): Promise<Publisher> {
    return new Publisher(backbone, serdes, await backbone.producer(), partitions);
  }

  private constructor(backbone: Backbone, serdes: Serdes, producer: Producer, partitions: number) {
    this.#backbone = backbone;
    this.#serdes = serdes;
    this.#producer = producer;
    this.#partitions = partitions;
  }

  /**
   * Resolves when all are stored. Rejects with `UNENCODABLE` or `OVER_LIMIT` naming the field, `BAD_TIME`,
   * `RECORD_TOO_LARGE`, or any error of the backbone.
   */
  async publish(records: readonly Published<never>[] | readonly Published<unknown>[]): Promise<void> {
    await this.#producer.send(await this.encodeAll(records as readonly Published<unknown>[]));
  }

  /** Waits once a topic, where `encode` would once a record. */
  async encodeAll(records: readonly Published<unknown>[]): Promise<OutgoingRecord[]> {
    const counts = new Map<Topic<unknown>, number>();
    const outgoing: OutgoingRecord[] = [];
    for (const record of records) {
      checkTime(record.time, `the time of a record for ${record.topic.name}`);
      let count = counts.get(record.topic);
      if (count === undefined) counts.set(record.topic, (count = await this.#prepare(record.topic)));
      outgoing.push(this.#encoded(record, count));
    }
    return outgoing;
  }

  async encode<V>(record: Published<V>): Promise<OutgoingRecord> {
    const { topic } = record;
    checkTime(record.time, `the time of a record for ${topic.name}`);
    return this.#encoded(record, await this.#prepare(topic as Topic<unknown>));
  }

  /** @returns the number of its partitions */
  async #prepare(topic: Topic<unknown>): Promise<number> {
    if (!this.#serdes.isOpen(topic)) await ensureTopic(topic, this.#backbone, this.#serdes, this.#partitions);
    const count = await this.#backbone.partitions(topic.name);
    if (count === undefined)
      throw new StreamsError("UNKNOWN_TOPIC", `there is no topic ${topic.name}: create it first`);
    return count;
  }

  #encoded<V>(record: Published<V>, count: number): OutgoingRecord {
    const { topic, value } = record;
    const key = Buffer.from(record.key);
    const encoded = value === null ? null : this.#serdes.encode(topic, value);
    if (encoded !== null) checkRead(topic, { key, value: encoded, headers: record.headers ?? {} }, value!);
    return {
      topic: topic.name,
      partition: record.partition ?? partitionOf(key, count),
      timestamp: record.time,
      key,
      value: encoded,
      headers: record.headers,
    };
  }

  close(): Promise<void> {
    return this.#producer.close();
  }
}
