import type { LogRecord, TopicPartition } from "../../backbone/backbone.ts";
import { isEventTime } from "../../backbone/event-time.ts";
import type { Refused } from "../../refused.ts";

/** Which records of a topic are shown, and when. */
export interface SteppedSource {
  readonly topic: string;
  /** Event times shown: `[from, to)`, ms. Absent: all. */
  readonly from?: number;
  readonly to?: number;
  /** Written by whom it is shown to: what is committed when a step is shown is all of the step. Absent: read to its end as it was at the first opening. */
  readonly growing?: boolean;
  /** What is shown says where it lies: it is known by that. */
  readonly placed?: boolean;
}

/** How far a partition has been shown. */
export interface LaneMark extends TopicPartition {
  /** The oldest offset that was not shown. */
  readonly oldest: number;
  /** The next offset that was never read. */
  readonly next: number;
  /** How many records were shown: the next position of who reads what is shown. */
  readonly shown: number;
  /** Event time up to which everything read was shown, ms; null at first. */
  readonly until: number | null;
  /** Where reading ends; null for a topic that grows. */
  readonly end: number | null;
}

/**
 * One partition read in the order of event time: records that came too early are kept until their step. What comes more than the lateness
 * behind a newer record, when its step has been shown, is shown with the next one and counted as late.
 */
export class Lane {
  readonly source: SteppedSource;
  readonly topic: string;
  readonly partition: number;
  readonly end: number | null;
  /** How many records its partition had shown at the mark. */
  readonly shown: number;
  readonly #refused: Refused | undefined;
  /** Records that came after their step. */
  late = 0;
  readonly #knownNext: number;
  #next: number;
  #until: number;
  #newest = Number.NEGATIVE_INFINITY;
  #ahead: LogRecord[] = [];
  #fence = "";
  #passed = true;

  /** @param refused what was refused for its time when it came: it is not shown, nor is what has no time. */
  constructor(source: SteppedSource, mark: LaneMark, refused?: Refused) {
    this.source = source;
    this.#refused = refused;
    this.topic = mark.topic;
    this.partition = mark.partition;
    this.end = mark.end;
    this.#knownNext = mark.next;
    this.#next = mark.oldest;
    this.shown = mark.shown;
    this.#until = mark.until ?? Number.NEGATIVE_INFINITY;
  }

  /** The next offset to read. */
  get next(): number {
    return this.#next;
  }

  /** Must more be read before the records before `until` are all known? */
  wants(until: number, latenessMs: number): boolean {
    if (this.end === null) return !this.#passed;
    return this.#next < this.end && this.#newest < until + latenessMs;
  }

  /** Of a growing topic: everything before a record with this key is to be read. */
  readTo(fence: string): void {
    this.#fence = fence;
    this.#passed = false;
  }

  add(records: readonly LogRecord[]): void {
    const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = this.source;
    for (const record of records) {
      const { offset, timestamp: time } = record;
      if (offset < this.#next || (this.end !== null && offset >= this.end)) continue;
      this.#next = offset + 1;
      if (this.end === null && record.value === null) {
        if (String(Buffer.from(record.key ?? [])) === this.#fence) this.#passed = true;
        continue;
      }
      if (!isEventTime(time) || this.#refused?.has(this.topic, this.partition, offset) === true) continue;
      if (time > this.#newest) this.#newest = time;
      if (time < from || time >= to) continue;
      if (time < this.#until) {
        if (offset < this.#knownNext) continue;
        this.late++;
      }
      this.#ahead.push(record);
    }
  }

  /** What was before is gone: retention took it. */
  skipTo(offset: number): void {
    if (offset > this.#next) this.#next = offset;
  }

  /** What is there before `until`, as it was read. */
  take(until: number): readonly LogRecord[] {
    const taken: LogRecord[] = [];
    const kept: LogRecord[] = [];
    for (const record of this.#ahead) (record.timestamp < until ? taken : kept).push(record);
    this.#ahead = kept;
    this.#until = until;
    return taken;
  }

  /** @param shown how many records the partition has shown. */
  mark(shown: number): LaneMark {
    const { topic, partition, end } = this;
    const oldest = this.#ahead.reduce((least, { offset }) => Math.min(least, offset), this.#next);
    const until = Number.isFinite(this.#until) ? this.#until : null;
    return { topic, partition, oldest, next: this.#next, shown, until, end };
  }
}

/** Whatever order records came in, those with the same time are shown alike, unless they are the same. */
export function inOrder(a: LogRecord, b: LogRecord): number {
  return (
    a.timestamp - b.timestamp || compareBytes(a.key, b.key) || compareBytes(a.value, b.value) || a.offset - b.offset
  );
}

function compareBytes(a: Uint8Array | null, b: Uint8Array | null): number {
  return a === null || b === null ? Number(a !== null) - Number(b !== null) : Buffer.compare(a, b);
}
