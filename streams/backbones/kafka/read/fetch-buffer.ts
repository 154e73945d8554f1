import type { Fetch, LogRecord, Position, TopicPartition } from "../../../backbone/backbone.ts";
import { heldBytes } from "../../../backbone/record-size.ts";
import { BatchReader, type RecordBatch } from "../records/batch-decode.ts";

/** Of a batch that waits, beside its bytes. */
const BATCH_OVERHEAD = 200;

/**
 * Batches of one partition that are fetched and not yet polled, and the offset to fetch next. Records become objects
 * when they are polled.
 */
export class FetchBuffer implements TopicPartition {
  readonly topic: string;
  readonly partition: number;
  paused = false;
  /** Changes with every seek: answers to earlier requests are dropped. */
  version = 0;
  #next: number;
  /** Records before it are not to be seen: a batch may begin before the position it was fetched from. */
  #from: number;
  #readers: BatchReader[] = [];
  /** Read and not yet polled, of the first reader. */
  #record: LogRecord | undefined;
  #bytes = 0;

  constructor(position: Position) {
    this.topic = position.topic;
    this.partition = position.partition;
    this.#next = position.offset;
    this.#from = position.offset;
  }

  /** The offset to fetch from. */
  get next(): number {
    return this.#next;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get ready(): boolean {
    return !this.paused && this.#readers.length > 0;
  }

  seek(offset: number): void {
    this.version++;
    this.#next = offset;
    this.#from = offset;
    this.#readers = [];
    this.#record = undefined;
    this.#bytes = 0;
  }

  append(batches: readonly RecordBatch[], next: number): void {
    for (const batch of batches) {
      this.#readers.push(new BatchReader(batch, this.#from));
      this.#bytes += sizeOf(batch) + BATCH_OVERHEAD;
    }
    this.#next = next;
  }

  /** At least one record, if one is ready. */
  take(maxRecords: number, maxBytes: number): Fetch & { readonly bytes: number } {
    const records: LogRecord[] = [];
    let bytes = 0;
    for (let record = this.#peek(); record !== undefined && records.length < maxRecords; record = this.#peek()) {
      const size = heldBytes(record);
      if (records.length > 0 && bytes + size > maxBytes) break;
      bytes += size;
      records.push(record);
      this.#record = undefined;
    }
    return { topic: this.topic, partition: this.partition, records, bytes };
  }

  /** The next record; the readers that have none are let go of. */
  #peek(): LogRecord | undefined {
    while (this.#record === undefined && this.#readers.length > 0) {
      const [first] = this.#readers;
      this.#record = first!.take();
      if (this.#record !== undefined) break;
      this.#readers.shift();
      this.#bytes -= sizeOf(first!.batch) + BATCH_OVERHEAD;
    }
    return this.#record;
  }
}

/** As it was fetched. */
const sizeOf = ({ start, end }: RecordBatch): number => end - start;
