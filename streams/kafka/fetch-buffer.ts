import type { Fetch, LogRecord, Position, TopicPartition } from "../backbone/backbone.ts";
import { fittingCount, heldBytes } from "../backbone/record-size.ts";

/** Fetched and not yet polled records of one partition, and where to go on fetching. */
export class FetchBuffer implements TopicPartition {
  readonly topic: string;
  readonly partition: number;
  paused = false;
  /** Changes with every seek: what was asked for before belongs to the past. */
  version = 0;
  #next: number;
  #records: LogRecord[] = [];
  #head = 0;
  #bytes = 0;

  constructor(position: Position) {
    this.topic = position.topic;
    this.partition = position.partition;
    this.#next = position.offset;
  }

  /** The offset to fetch from. */
  get next(): number {
    return this.#next;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get ready(): boolean {
    return !this.paused && this.#head < this.#records.length;
  }

  seek(offset: number): void {
    this.version++;
    this.#next = offset;
    this.#records = [];
    this.#head = 0;
    this.#bytes = 0;
  }

  append(records: readonly LogRecord[], next: number): void {
    this.#next = next;
    for (const record of records) {
      this.#records.push(record);
      this.#bytes += heldBytes(record);
    }
  }

  /** At least one record. */
  take(maxRecords: number, maxBytes: number): Fetch {
    const count = fittingCount(this.#records, this.#head, maxRecords, maxBytes);
    const records = this.#records.slice(this.#head, this.#head + count);
    this.#head += records.length;
    if (this.#head === this.#records.length) {
      this.#records = [];
      this.#head = 0;
      this.#bytes = 0;
    } else {
      for (const record of records) this.#bytes -= heldBytes(record);
      // Let go of what was taken once it is the larger part.
      if (this.#head > this.#records.length / 2) {
        this.#records = this.#records.slice(this.#head);
        this.#head = 0;
      }
    }
    return { topic: this.topic, partition: this.partition, records };
  }
}
