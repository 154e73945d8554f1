import type { Backbone, Headers, OutgoingRecord, Producer } from "../backbone/backbone.ts";
import { partitionOf } from "../backbone/partitioner.ts";
import { checkTime } from "../backbone/event-time.ts";
import { checkSizes } from "../backbone/record-size.ts";
import { StreamsError } from "../errors.ts";
import { streamsLimits } from "../limits.ts";
import type { Serdes } from "../serde/serdes.ts";
import { checkRecord, type Topic } from "../topic.ts";

export interface Sent<V> {
  readonly key: string;
  readonly value: V;
  /** Event time, ms. */
  readonly time: number;
  readonly headers?: Headers;
  /** Absent: that of the key. */
  readonly partition?: number | undefined;
}

interface Waiting {
  readonly record: OutgoingRecord;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes single records from a program that serves others. Records of one turn of the event loop go out together; none
 * is held back longer. It never creates a topic: the application that reads the topic does, with its number of
 * partitions.
 */
export class Sender {
  readonly #backbone: Backbone;
  readonly #serdes: Serdes;
  readonly #partitions = new Map<string, number>();
  #producer: Promise<Producer> | undefined;
  #waiting: Waiting[] = [];
  #underWay = new Set<Promise<void>>();
  /** Of values that are not stored yet. */
  #bytes = 0;
  #closing = false;

  constructor(backbone: Backbone, serdes: Serdes) {
    this.#backbone = backbone;
    this.#serdes = serdes;
  }

  /**
   * Resolves when the record is stored. Rejects with `UNENCODABLE` or `OVER_LIMIT` naming the field, `BAD_TIME`,
   * `RECORD_TOO_LARGE`, `UNKNOWN_TOPIC`, `CLOSED`, `BACKBONE_UNAVAILABLE`, or `BUFFER_FULL` if too many others are not
   * stored yet. A rejected record does not affect the other records of the turn.
   */
  async send<V>(topic: Topic<V>, { key, value, time, headers, partition }: Sent<V>): Promise<void> {
    checkTime(time, "time");
    const count = this.#partitions.get(topic.name) ?? (await this.#open(topic));
    const bytes = Buffer.from(key);
    const encoded = this.#serdes.encode(topic, value);
    checkRecord(topic, { value, bytes: encoded.length, keyBytes: bytes.length, headers: headers ?? {} });
    const record: OutgoingRecord = {
      topic: topic.name,
      partition: partition ?? partitionOf(bytes, count),
      timestamp: time,
      key: bytes,
      value: encoded,
      headers,
    };
    checkSizes([record]);
    if (this.#closing) throw new StreamsError("CLOSED", "this client is closed: create another one");
    if (this.#bytes > streamsLimits.sentBytes) {
      throw new StreamsError("BUFFER_FULL", `${this.#bytes} bytes were sent and are not stored yet: send this later`);
    }
    this.#bytes += encoded.length;
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ record, resolve, reject }) === 1) setImmediate(() => this.#flush());
    });
  }

  async #open(topic: Topic<unknown>): Promise<number> {
    const count = await this.#backbone.partitions(topic.name);
    if (count === undefined) {
      throw new StreamsError(
        "UNKNOWN_TOPIC",
        `there is no topic ${topic.name}: start the application that reads it, which creates it, or check the brokers' address`,
      );
    }
    await this.#serdes.open(topic);
    this.#partitions.set(topic.name, count);
    return count;
  }

  #flush(): void {
    const batch = this.#waiting;
    this.#waiting = [];
    const sending = this.#send(batch).finally(() => this.#underWay.delete(sending));
    this.#underWay.add(sending);
  }

  async #send(batch: readonly Waiting[]): Promise<void> {
    try {
      const producer = await (this.#producer ??= this.#backbone.producer());
      await producer.send(batch.map(({ record }) => record));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      for (const { reject } of batch) reject(error);
      await this.#forgetUnopened();
    } finally {
      for (const { record } of batch) this.#bytes -= record.value!.length;
    }
  }

  /** A producer that could not be opened is opened anew by the next send. */
  async #forgetUnopened(): Promise<void> {
    const opening = this.#producer;
    const opened = await opening?.then(
      () => true,
      () => false,
    );
    if (opened !== true && this.#producer === opening) this.#producer = undefined;
  }

  /** Resolves when everything sent before is stored or refused. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#waiting.length > 0) this.#flush();
    await Promise.all(this.#underWay);
    await (await this.#producer?.catch(() => undefined))?.close();
  }
}
