import type { LogRecord, TopicPartition } from "../../backbone/backbone.ts";
import { isEventTime } from "../../backbone/event-time.ts";
import type { Refused } from "../../refused.ts";

/** Which records of a topic are shown, and when. */
export interface SteppedSource {
  readonly topic: string;
  /** Event times shown: `[from, to)`, ms. Absent: all. */
  readonly from?: number;
  readonly to?: number;
  /**
   * The process that reads the records also writes them, so every committed record of a step is there when the step is
   * shown. Absent: the topic is read to its end at the first opening.
   */
  readonly growing?: boolean;
  /**
   * The key by which a record is shown in the partition of its task, as text; `undefined`: the record's own key. Absent:
   * the record's own key counts.
   */
  readonly keyOf?: (record: LogRecord) => string | undefined | Promise<string | undefined>;
  /** Shown records carry their place in the log, by which they are known. */
  readonly placed?: boolean;
}

/** How far a partition has been shown. */
export interface LaneMark extends TopicPartition {
  /** The oldest offset that was not shown. */
  readonly oldest: number;
  /** The next offset that was never read. */
  readonly next: number;
  /** How many records were shown: the next position of the readers of shown records. */
  readonly shown: number;
  /** Event time up to which everything read was shown, ms; null at first. */
  readonly until: number | null;
  /** End of reading; null for a topic that grows. */
  readonly end: number | null;
}

/**
 * One partition read in the order of event time. Records that came too early are kept until their step. A record that
 * comes more than the lateness behind a newer one, after its step was shown, is shown with the next step and counted as
 * late.
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

  /**
   * @param refused records refused for their time when they came: they are not shown, nor are records without a time.
   */
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

  /** For a growing topic: reads on until everything before a record with this key is read. */
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

  /** Goes on at `offset`: retention has removed the records before it. */
  skipTo(offset: number): void {
    if (offset > this.#next) this.#next = offset;
  }

  /** The records before `until`, in the order in which they were read. */
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

/** Records with the same time are shown in one order, whatever order they came in, unless they are the same. */
export function inOrder(a: LogRecord, b: LogRecord): number {
  return (
    a.timestamp - b.timestamp || compareBytes(a.key, b.key) || compareBytes(a.value, b.value) || a.offset - b.offset
  );
}

function compareBytes(a: Uint8Array | null, b: Uint8Array | null): number {
  return a === null || b === null ? Number(a !== null) - Number(b !== null) : Buffer.compare(a, b);
}
