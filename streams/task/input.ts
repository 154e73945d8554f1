import { textOf } from "../bytes.ts";
import type { Fetch, LogRecord, TopicPartition } from "../backbone/backbone.ts";
import { badTime, isEventTime } from "../backbone/event-time.ts";
import { heldBytes } from "../backbone/record-size.ts";
import type { Serdes } from "../serde/serdes.ts";
import type { Origin, StreamRecord } from "../operator.ts";
import { checkRead, type AnyTopic } from "../topic.ts";
import { StreamsError } from "../errors.ts";
import { streamsLimits } from "../limits.ts";
import { aheadOfTime, timeOfLetter, type Arrival } from "./arrival.ts";
import { FOREIGN, Refused } from "./diverted.ts";
import type { Timeline, Timelines } from "./timelines.ts";
import { CodedError } from "../coded-error.ts";
import { within } from "../pause.ts";
import { PLACE_HEADER } from "../place.ts";

/** A record that can't be decoded yet. */
export interface Stall extends Origin {
  readonly error: CodedError;
}

/** A registry that answers does so before it. */
const LEARN_MS = 500;

export interface Queued extends StreamRecord<unknown> {
  /** As it was read, for the dead letters. */
  readonly raw: LogRecord;
  /** When it was fetched, in milliseconds of the monotonic clock. */
  readonly fetchedAt: number;
  /** How far it moves event time, ms: its own time, and never past its arrival. */
  readonly moves: number;
  /** The timeline that it moves. */
  readonly line: Timeline;
}

export interface InputOptions {
  /** Its values say how far event time has come. */
  readonly isClock?: boolean;
  /** Whether records of this key belong to another partition. Absent: none do. */
  readonly isForeign?: (key: Uint8Array | null) => boolean;
  /** The same for a topic whose values name their keys: then each record is looked at. */
  readonly isForeignText?: (key: string) => boolean;
  /** Some of them do: each is looked at. Otherwise a few of every fetch are, until one is found. */
  readonly mixed?: boolean;
  /** Called with the first record that is found to belong elsewhere. */
  readonly onForeign?: (origin: Origin) => void;
  /** Called with each record that lay in a wrong partition, or has come from one. */
  readonly onDetour?: (() => void) | undefined;
}

/** Of a fetch without a record that belongs elsewhere so many are looked at: a hash of every key would be felt. */
const SAMPLES = 8;

/** The fetched and unhandled records of one partition. */
export class Input {
  readonly topic: AnyTopic;
  readonly partition: number;
  /** Its values say how far event time has come. */
  readonly #isClock: boolean;
  readonly #maxFutureMs: number;
  readonly #lines: Timelines;
  #queue: Queued[] = [];
  #head = 0;
  #bytes = 0;
  #next: number;
  readonly #isForeign: ((key: Uint8Array | null) => boolean) | undefined;
  readonly #keyOf: ((value: unknown) => string) | undefined;
  readonly #isForeignText: ((key: string) => boolean) | undefined;
  readonly #onForeign: InputOptions["onForeign"];
  readonly #onDetour: InputOptions["onDetour"];
  #mixed: boolean;
  #stall: Stall | undefined;
  /** Offset of the newest record that a feed has brought. */
  #lastFed = -1;
  /** Offset of the newest record that can't be used. */
  #lastRefused = -1;
  #hopeless: number | undefined;

  constructor(topic: AnyTopic, partition: number, position: number, lines: Timelines, options: InputOptions = {}) {
    const { isClock = false, isForeign, isForeignText, mixed = false, onForeign, onDetour } = options;
    this.topic = topic;
    this.#lines = lines;
    this.#isClock = isClock;
    this.#mixed = mixed;
    this.#onForeign = onForeign;
    this.#onDetour = onDetour;
    this.#maxFutureMs = topic.maxFutureMs ?? streamsLimits.maxFutureMs;
    this.partition = partition;
    this.#next = position;
    this.#keyOf = topic.keyOf as ((value: unknown) => string) | undefined;
    this.#isForeign = this.#keyOf === undefined ? isForeign : undefined;
    this.#isForeignText = this.#keyOf === undefined ? undefined : isForeignText;
  }

  /** There may be records among the queued that no operator sees. */
  get diverse(): boolean {
    return this.#mixed || this.#lastRefused >= this.position;
  }

  get length(): number {
    return this.#queue.length - this.#head;
  }

  /** There may be records among the queued that a feed has brought. */
  get fed(): boolean {
    return this.length > 0 && this.#lastFed >= this.position && !this.#isClock;
  }

  /** Bytes of the queue, as read. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The offset of the next record to handle: a commit stores it. */
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

  /** The record at which the last `add` stopped. It and the records behind it are to be added again later. */
  get stall(): Stall | undefined {
    return this.#stall;
  }

  /** The record at this offset is not to be waited for any more: it is given back with the others. */
  giveUp(offset: number): void {
    this.#hopeless = offset;
  }

  /**
   * Decodes and queues records; those that can't be decoded, or have no valid time, as `Refused`. Records before the
   * position are skipped.
   * @param buries false: records that can't be used are left out.
   */
  async add(fetch: Fetch, serdes: Serdes, fetchedAt: number, arrival: Arrival, buries = true): Promise<void> {
    this.#stall = undefined;
    if (!this.#mixed && this.#isForeign !== undefined) this.#sample(fetch.records, this.#isForeign);
    const isForeign = this.#mixed ? this.#isForeign : undefined;
    const keyOf = this.#keyOf;
    const { now, latest, at } = arrival;
    const useCaseOf = this.topic.useCaseOf as ((value: unknown) => string) | undefined;
    const bound = latest + this.#maxFutureMs;
    for (const record of fetch.records) {
      if (record.offset < this.#next) continue;
      try {
        if (record.value === null) {
          throw record.unreadable?.error ?? new StreamsError("UNDECODABLE", "a tombstone on a topic of events");
        }
        let foreign = isForeign !== undefined && isForeign(record.key);
        if (!foreign && !serdes.knows(record.value)) await learnSoon(serdes, record.value);
        const value: unknown = foreign ? undefined : serdes.decode(this.topic, record.value);
        if (!foreign) checkRead(this.topic, record, value);
        const key = keyOf === undefined ? textOf(record.key) : keyOf(value);
        if (keyOf !== undefined) {
          foreign = this.#isForeignText?.(key) === true;
          if (foreign || record.headers[PLACE_HEADER] !== undefined) this.#onDetour?.();
        }
        const dated = this.#isClock ? (value as { readonly time: number }).time : record.timestamp;
        if (!isEventTime(dated)) throw badTime(dated, "its time");
        if (dated > bound) throw aheadOfTime(dated, latest, this.#maxFutureMs);
        const time = this.#isClock ? tickTime(dated, record.timestamp, arrival) : dated;
        const { general } = this.#lines;
        // A record of another partition moves time there.
        const moves = foreign ? Number.NEGATIVE_INFINITY : time < now ? time : now;
        const useCase = foreign || useCaseOf === undefined ? "" : useCaseOf(value);
        const line = foreign ? general : this.#lines.of(record.headers, useCase);
        // A tick is nobody's own record, unless a feed gives it.
        if (!foreign && (!this.#isClock || line !== general)) line.arrived(moves, at);
        if (line.headers !== undefined) this.#lastFed = record.offset;
        if (foreign && !this.#mixed) this.#found(record);
        this.#queue.push({
          key,
          value: foreign ? FOREIGN : value,
          time,
          moves,
          line,
          headers: record.headers,
          origin: { topic: fetch.topic, partition: fetch.partition, offset: record.offset },
          raw: record,
          fetchedAt,
        });
        this.#bytes += heldBytes(record);
      } catch (error) {
        if (error instanceof CodedError && error.flags.retry && record.offset !== this.#hopeless) {
          this.#stall = { topic: fetch.topic, partition: fetch.partition, offset: record.offset, error };
          return;
        }
        if (buries) this.#refuse(record, fetch, error, fetchedAt, arrival);
      }
      this.#next = record.offset + 1;
    }
  }

  /** Its turn is right behind the record before it, whatever its own time is. */
  #refuse(
    record: LogRecord,
    { topic, partition }: TopicPartition,
    error: unknown,
    fetchedAt: number,
    arrival: Arrival,
  ): void {
    this.#lastRefused = record.offset;
    this.#queue.push({
      key: "",
      value: new Refused(error, timeOfLetter(record.timestamp, arrival)),
      time: this.lastTime,
      moves: Number.NEGATIVE_INFINITY,
      line: this.#lines.general,
      headers: record.headers,
      origin: { topic, partition, offset: record.offset },
      raw: record,
      fetchedAt,
    });
    this.#bytes += heldBytes(record);
  }

  #sample(records: readonly LogRecord[], isForeign: (key: Uint8Array | null) => boolean): void {
    const step = Math.max(1, Math.floor(records.length / SAMPLES));
    for (let at = records.length - 1; at >= 0; at -= step) {
      if (!isForeign(records[at]!.key)) continue;
      return this.#found(records[at]!);
    }
  }

  #found({ offset }: LogRecord): void {
    this.#mixed = true;
    const { topic, partition } = this;
    this.#onForeign?.({ topic: topic.name, partition, offset });
  }

  /** Records that were taken last and could not be handled yet are the head again. */
  putBack(records: readonly Queued[]): void {
    this.#queue = [...records, ...this.#queue.slice(this.#head)];
    this.#head = 0;
    for (const { raw } of records) this.#bytes += heldBytes(raw);
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

/** Asks the registry beside the tasks if it takes its time: the next attempt finds the answer. */
function learnSoon(serdes: Serdes, value: Uint8Array): Promise<void> {
  return within(LEARN_MS, serdes.learn(value), () => {
    throw new StreamsError("REGISTRY_UNAVAILABLE", "the registry has not named the record's schema yet");
  });
}

/** A tick says how far event time has come: never further than the log's time when it came. */
function tickTime(dated: number, stamp: number, { now }: Arrival): number {
  return now === Number.POSITIVE_INFINITY || !isEventTime(stamp) ? dated : Math.min(dated, stamp, now);
}
