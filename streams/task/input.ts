import { textOf } from "../bytes.ts";
import type { Fetch, LogRecord } from "../backbone/backbone.ts";
import { badTime, isEventTime } from "../backbone/event-time.ts";
import { heldBytes } from "../backbone/record-size.ts";
import type { Serdes } from "../serde/serdes.ts";
import type { StreamRecord } from "../operator.ts";
import { checkRead, type AnyTopic } from "../topic.ts";
import { StreamsError } from "../errors.ts";
import { streamsLimits } from "../limits.ts";
import { aheadOfTime, type Arrival } from "./arrival.ts";

export interface Undecodable {
  readonly record: LogRecord;
  readonly error: unknown;
}

export interface Queued extends StreamRecord<unknown> {
  /** As it was read, for the dead letters. */
  readonly raw: LogRecord;
  /** When it was fetched, in milliseconds of the monotonic clock. */
  readonly fetchedAt: number;
  /** How far it moves event time, ms: its own time, and never past its arrival. */
  readonly moves: number;
}

/** The records of one partition that are fetched and not yet handled. */
export class Input {
  readonly topic: AnyTopic;
  readonly partition: number;
  /** Its values say how far event time has come. */
  readonly #isClock: boolean;
  readonly #maxFutureMs: number;
  #queue: Queued[] = [];
  #head = 0;
  #bytes = 0;
  #next: number;

  constructor(topic: AnyTopic, partition: number, position: number, isClock = false) {
    this.topic = topic;
    this.#isClock = isClock;
    this.#maxFutureMs = topic.maxFutureMs ?? streamsLimits.maxFutureMs;
    this.partition = partition;
    this.#next = position;
  }

  get length(): number {
    return this.#queue.length - this.#head;
  }

  /** What the queue holds, as it was read. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The offset of the next record to handle: what a commit stores. */
  get position(): number {
    return this.head?.origin.offset ?? this.#next;
  }

  /** The offset after the last fetched record. */
  get fetched(): number {
    return this.#next;
  }

  get head(): Queued | undefined {
    return this.#queue[this.#head];
  }

  /** Event time of the newest queued record; `-Infinity` without one. */
  get lastTime(): number {
    return this.length === 0 ? Number.NEGATIVE_INFINITY : this.#queue.at(-1)!.time;
  }

  /** Decodes and queues; gives back what can't be decoded or has no time to be handled at. Records before the position are skipped. */
  async add(fetch: Fetch, serdes: Serdes, fetchedAt: number, arrival: Arrival): Promise<readonly Undecodable[]> {
    const bad: Undecodable[] = [];
    const { now, latest } = arrival;
    const bound = latest + this.#maxFutureMs;
    for (const record of fetch.records) {
      if (record.offset < this.#next) continue;
      try {
        if (record.value === null) throw new StreamsError("UNDECODABLE", "a tombstone on a topic of events");
        if (!serdes.knows(record.value)) await serdes.learn(record.value);
        const value: unknown = serdes.decode(this.topic, record.value);
        checkRead(this.topic, record, value);
        const dated = this.#isClock ? (value as { readonly time: number }).time : record.timestamp;
        if (!isEventTime(dated)) throw badTime(dated, "its time");
        if (dated > bound) throw aheadOfTime(dated, latest, this.#maxFutureMs);
        const time = this.#isClock ? tickTime(dated, record.timestamp, arrival) : dated;
        this.#queue.push({
          key: textOf(record.key),
          value,
          time,
          moves: time < now ? time : now,
          headers: record.headers,
          origin: { topic: fetch.topic, partition: fetch.partition, offset: record.offset },
          raw: record,
          fetchedAt,
        });
        this.#bytes += heldBytes(record);
      } catch (error) {
        if (error instanceof StreamsError && error.flags.retry) throw error;
        bad.push({ record, error });
      }
      this.#next = record.offset + 1;
    }
    return bad;
  }

  /** Takes records from the head while `wanted` says so, at most `limit`. */
  take(limit: number, wanted: (record: Queued) => boolean): Queued[] {
    const taken: Queued[] = [];
    while (taken.length < limit && this.#head < this.#queue.length && wanted(this.#queue[this.#head]!)) {
      const record = this.#queue[this.#head++]!;
      this.#bytes -= heldBytes(record.raw);
      taken.push(record);
    }
    if (this.#head > 1_024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    } else if (this.#head === this.#queue.length) {
      this.#queue = [];
      this.#head = 0;
    }
    return taken;
  }
}

/** A tick says how far event time has come: never further than the log's time when it came. */
function tickTime(dated: number, stamp: number, { now }: Arrival): number {
  return now === Number.POSITIVE_INFINITY || !isEventTime(stamp) ? dated : Math.min(dated, stamp, now);
}
