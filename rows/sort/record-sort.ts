import { compareRecords, heldBytes, type SortedRecord } from "./sorted-record.ts";
import { RunReader, RunWriter, type Run } from "./sorted-run.ts";
import type { Spill } from "./spill.ts";

/** A quarter of a megabyte of each run is read at once. More runs are merged into one first. */
const MOST_RUNS = 128;

export interface RecordSortOptions {
  readonly topic: string;
  /** Approximate memory for records, in bytes. Further records wait on the disk, in order. */
  readonly bytes: number;
  /** Called once, when memory is full. */
  readonly spill: () => Promise<Spill>;
}

/**
 * Sorts the records of one topic by time and then id. Of records with the same time and id the first one added comes
 * first.
 */
export class RecordSort {
  readonly #options: RecordSortOptions;
  #held: SortedRecord[] = [];
  #heldBytes = 0;
  #added = 0;
  #runs: Run[] = [];
  #spill: Spill | undefined;

  constructor(options: RecordSortOptions) {
    this.#options = options;
  }

  /** Number of the records so far. */
  get added(): number {
    return this.#added;
  }

  /** @returns a promise only if the disk has to take some. */
  add(record: SortedRecord): Promise<void> | undefined {
    this.#added++;
    this.#held.push(record);
    this.#heldBytes += heldBytes(record);
    return this.#heldBytes < this.#options.bytes ? undefined : this.#putAside();
  }

  async #putAside(): Promise<void> {
    this.#spill ??= await this.#options.spill();
    if (this.#runs.length === MOST_RUNS) {
      const one = this.#newRun();
      for await (const record of this.#merged()) {
        const writing = one.add(record);
        if (writing !== undefined) await writing;
      }
      this.#runs = [await one.end()];
    }
    const run = this.#newRun();
    for (const record of this.#takeHeld()) {
      const writing = run.add(record);
      if (writing !== undefined) await writing;
    }
    this.#runs.push(await run.end());
  }

  #newRun(): RunWriter {
    return new RunWriter(this.#spill!, this.#runs.at(-1)?.end ?? 0);
  }

  #takeHeld(): SortedRecord[] {
    const held = this.#held.sort(compareRecords);
    this.#held = [];
    this.#heldBytes = 0;
    return held;
  }

  /** All records that were added. May be read once. */
  async *sorted(): AsyncGenerator<SortedRecord> {
    if (this.#spill === undefined) {
      yield* this.#takeHeld();
      return;
    }
    if (this.#held.length > 0) await this.#putAside();
    yield* this.#merged();
  }

  async *#merged(): AsyncGenerator<SortedRecord> {
    const spill = this.#spill!;
    const readers = this.#runs.map((run, number) => new RunReader(spill, this.#options.topic, run, number));
    for (const reader of readers) await reader.advance();
    const heap = new RunHeap(readers);
    for (let first = heap.first; first !== undefined; first = heap.first) {
      yield first.head!;
      const reading = first.advance();
      if (reading !== undefined) await reading;
      heap.settle();
    }
  }

  /** Frees the disk. */
  async close(): Promise<void> {
    await this.#spill?.close();
  }
}

/** The run with the first record of all lies at the top. */
class RunHeap {
  readonly #readers: RunReader[];

  /** @param readers each with its head. */
  constructor(readers: readonly RunReader[]) {
    this.#readers = readers.filter(({ head }) => head !== undefined);
    for (let at = this.#readers.length >> 1; at-- > 0;) this.#sink(at);
  }

  get first(): RunReader | undefined {
    return this.#readers[0];
  }

  /** Called after the head of the first run has changed. */
  settle(): void {
    if (this.#readers[0]!.head === undefined) {
      const last = this.#readers.pop()!;
      if (this.#readers.length === 0) return;
      this.#readers[0] = last;
    }
    this.#sink(0);
  }

  #sink(from: number): void {
    const readers = this.#readers;
    const moved = readers[from]!;
    let at = from;
    for (let child = 2 * at + 1; child < readers.length; child = 2 * at + 1) {
      if (child + 1 < readers.length && isBefore(readers[child + 1]!, readers[child]!)) child++;
      if (!isBefore(readers[child]!, moved)) break;
      readers[at] = readers[child]!;
      at = child;
    }
    readers[at] = moved;
  }
}

function isBefore(a: RunReader, b: RunReader): boolean {
  const order = compareRecords(a.head!, b.head!);
  return order < 0 || (order === 0 && a.number < b.number);
}
