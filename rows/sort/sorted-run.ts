import { lengthAt, readRecord, writeRecord, type SortedRecord } from "./sorted-record.ts";
import type { Spill } from "./spill.ts";
import { DomainError } from "../../schemas/index.ts";

/** Records in order on the disk, from `start` to before `end`. */
export interface Run {
  readonly start: number;
  readonly end: number;
}

const WRITTEN_AT_ONCE = 1 << 20;
/** Bytes that are read of each run at once. */
const READ_AT_ONCE = 1 << 18;

/** Writes a run at the end of the spill. */
export class RunWriter {
  readonly #spill: Spill;
  readonly #start: number;
  #end: number;
  #buffer = Buffer.allocUnsafeSlow(WRITTEN_AT_ONCE);
  #used = 0;

  /** @param start the end of the spill. */
  constructor(spill: Spill, start: number) {
    this.#spill = spill;
    this.#start = start;
    this.#end = start;
  }

  /** @returns a promise only if the disk has to take some. */
  add(record: SortedRecord): Promise<void> | undefined {
    const next = writeRecord(record, this.#buffer, this.#used);
    if (next < 0) return this.#addAfterFlush(record);
    this.#used = next;
    return undefined;
  }

  async #addAfterFlush(record: SortedRecord): Promise<void> {
    await this.#flush();
    for (;;) {
      this.#used = writeRecord(record, this.#buffer, 0);
      if (this.#used > 0) return;
      this.#buffer = Buffer.allocUnsafeSlow(2 * this.#buffer.length);
    }
  }

  async #flush(): Promise<void> {
    if (this.#used > 0) await this.#spill.write(this.#buffer.subarray(0, this.#used));
    this.#end += this.#used;
    this.#used = 0;
  }

  async end(): Promise<Run> {
    await this.#flush();
    return { start: this.#start, end: this.#end };
  }
}

/** Reads a run from its beginning. */
export class RunReader {
  /** The next record; `undefined` behind the last, and before the first `advance`. */
  head: SortedRecord | undefined;
  /** Of records that compare equal, the one of the run written first goes first. */
  readonly number: number;
  readonly #spill: Spill;
  readonly #topic: string;
  readonly #end: number;
  #buffer = Buffer.alloc(0);
  #at = 0;
  #filled = 0;
  /** Place in the spill behind the bytes that were read. */
  #next: number;

  constructor(spill: Spill, topic: string, { start, end }: Run, number: number) {
    this.#spill = spill;
    this.#topic = topic;
    this.#next = start;
    this.#end = end;
    this.number = number;
  }

  /**
   * Makes the next record the head.
   * @returns a promise only if the disk is read.
   */
  advance(): Promise<void> | undefined {
    if (this.#take()) return undefined;
    if (this.#next === this.#end && this.#at === this.#filled) {
      this.head = undefined;
      this.#buffer = Buffer.alloc(0);
      return undefined;
    }
    return this.#read();
  }

  #take(): boolean {
    const length = lengthAt(this.#buffer, this.#at, this.#filled);
    if (length === undefined || this.#at + length > this.#filled) return false;
    this.head = readRecord(this.#buffer, this.#at, this.#topic);
    this.#at += length;
    return true;
  }

  /** Reads into new memory: records given out refer to the former bytes. */
  async #read(): Promise<void> {
    const left = this.#filled - this.#at;
    const wanted = lengthAt(this.#buffer, this.#at, this.#filled) ?? 0;
    const buffer = Buffer.allocUnsafeSlow(Math.max(READ_AT_ONCE, wanted));
    this.#buffer.copy(buffer, 0, this.#at, this.#filled);
    const room = Math.min(buffer.length - left, this.#end - this.#next);
    const read = await this.#spill.read(buffer.subarray(left, left + room), this.#next);
    if (read === 0) throw new DomainError("NO_ROOM", "the sorted rows on the disk are no longer there");
    this.#next += read;
    this.#buffer = buffer;
    this.#at = 0;
    this.#filled = left + read;
    if (!this.#take()) await this.#read();
  }
}
