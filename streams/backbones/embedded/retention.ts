import type { PartitionLog } from "./partition-log.ts";
import type { Operation } from "./write-queue.ts";

/** Most records one write takes away, so that those that append wait little. */
const BATCH = 1_000;
/** A partition is looked at once its first record is this share of the retention too old, so that few passes take much away. */
const SLACK = 1 / 16;
/** Nothing goes sooner after it was stored, in ms of the wall clock: readers that are less behind miss nothing, however fast history is replayed. */
const GRACE_MS = 300_000;

interface Watched {
  /** Timestamp of the first record as far as it is known: before it is too old nothing has to be read. */
  first: number;
  /** Records before this offset have been there for the grace. */
  settled: number;
  /** The log's end at `markedAt`, the next `settled`. */
  mark: number;
  markedAt: number;
  running: boolean;
}

/**
 * Removes, in the background, records older than their topic's retention: see `TopicSpec.retentionMs`. It goes from the
 * start of a partition to the first record that stays, so the rest has no gaps. The newest record always stays, so a
 * reader that waits for the end gets there.
 */
export class Retention {
  readonly #submit: (operations: readonly Operation[], stored: () => void) => Promise<void>;
  readonly #now: () => number;
  readonly #watched = new Map<PartitionLog, Watched>();
  readonly #passes = new Set<Promise<void>>();
  #closing = false;

  /** @param now the wall clock, ms. */
  constructor(
    submit: (operations: readonly Operation[], stored: () => void) => Promise<void>,
    now: () => number = Date.now,
  ) {
    this.#submit = submit;
    this.#now = now;
  }

  /** To be called when the log is opened and when records have come. */
  check(log: PartitionLog): void {
    if (log.retentionMs === undefined || this.#closing) return;
    const watched = this.#watch(log, Math.min(log.retentionMs, GRACE_MS));
    const due = this.#oldest(log, log.retentionMs) - log.retentionMs * SLACK;
    if (watched.running || log.start >= watched.settled || watched.first >= due) return;
    watched.running = true;
    // No promise depends on this pass: if it fails, the next one starts at the same place.
    const pass = this.#pass(log, log.retentionMs, watched)
      .catch(() => undefined)
      .finally(() => {
        watched.running = false;
        this.#passes.delete(pass);
      });
    this.#passes.add(pass);
  }

  #watch(log: PartitionLog, graceMs: number): Watched {
    const now = this.#now();
    let watched = this.#watched.get(log);
    if (watched === undefined) {
      watched = { first: Number.NEGATIVE_INFINITY, settled: 0, mark: log.end, markedAt: now, running: false };
      this.#watched.set(log, watched);
    } else if (now - watched.markedAt >= graceMs) {
      Object.assign(watched, { settled: watched.mark, mark: log.end, markedAt: now });
    }
    return watched;
  }

  /**
   * The oldest timestamp that stays. Never later than the wall clock allows: one record from the future removes
   * nothing.
   */
  #oldest(log: PartitionLog, retentionMs: number): number {
    return Math.min(log.newest, this.#now()) - retentionMs;
  }

  async #pass(log: PartitionLog, retentionMs: number, watched: Watched): Promise<void> {
    while (!this.#closing) {
      const records = await log.read(log.start, BATCH);
      if (records === undefined) return;
      const oldest = this.#oldest(log, retentionMs);
      const staying = records.findIndex(({ timestamp, offset }) => timestamp >= oldest || offset >= watched.settled);
      const leaving = staying < 0 ? records : records.slice(0, staying);
      if (leaving.length > 0) {
        const operations: Operation[] = [];
        const removed = log.remove(leaving, operations);
        await this.#submit(operations, removed);
      }
      if (staying >= 0) watched.first = records[staying]!.timestamp;
      if (staying >= 0 || records.length === 0) return;
    }
  }

  /** Resolves once nothing is being removed any more. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.#passes);
  }
}
