import {
  MAX_POLL_BYTES,
  type Fetch,
  type Position,
  type Reader,
  type ReaderOptions,
  type TopicPartition,
} from "../../backbone/backbone.ts";
import { fittingCount, heldBytes } from "../../backbone/record-size.ts";
import { Wakeup } from "../../backbone/wakeup.ts";
import { StreamsError } from "../../errors.ts";
import type { PartitionLog } from "./partition-log.ts";

interface Cursor {
  readonly log: PartitionLog;
  readonly unwatch: () => void;
  /** Of the log, when the reader came to it. */
  readonly losses: number;
  position: number;
  paused: boolean;
}

export const nameOf = (at: TopicPartition): string => `${at.topic}/${at.partition}`;

const lost = (log: PartitionLog): StreamsError =>
  new StreamsError(
    "BACKBONE_UNAVAILABLE",
    `${nameOf(log)}: the disk has lost records that were read; it ends at ${log.end} now. Read again from there`,
  );

/** Pulls from the logs of one process; woken by the appends of the same process. */
export class LogReader implements Reader {
  readonly #logOf: (at: TopicPartition) => PartitionLog;
  readonly #cursors = new Map<string, Cursor>();
  readonly #onTrimmed: ReaderOptions["onTrimmed"];
  readonly #wakeup = new Wakeup();
  #first = 0;

  constructor(logOf: (at: TopicPartition) => PartitionLog, onTrimmed?: ReaderOptions["onTrimmed"]) {
    this.#logOf = logOf;
    this.#onTrimmed = onTrimmed;
  }

  add(position: Position): void {
    const log = this.#logOf(position);
    const unwatch = log.watch(() => this.wake());
    this.#cursors.set(nameOf(position), {
      log,
      unwatch,
      losses: log.losses,
      position: position.offset,
      paused: false,
    });
  }

  remove(at: TopicPartition): void {
    this.#cursors.get(nameOf(at))?.unwatch();
    this.#cursors.delete(nameOf(at));
  }

  async poll(maxWaitMs: number, maxRecords = 4_096): Promise<readonly Fetch[]> {
    this.arm();
    const ready = await this.collect(maxRecords);
    if (ready.length > 0 || maxWaitMs <= 0) return ready;
    await this.sleep(maxWaitMs);
    return this.collect(maxRecords);
  }

  /** From here on a wake is remembered until the next `sleep`, which then returns at once. */
  arm(): void {
    this.#wakeup.arm();
  }

  /** Until a record is appended, `wake` is called, or the time is over. */
  sleep(maxWaitMs: number): Promise<void> {
    return this.#wakeup.sleep(maxWaitMs);
  }

  wake(): void {
    this.#wakeup.wake();
  }

  async collect(maxRecords = 4_096): Promise<readonly Fetch[]> {
    const cursors = [...this.#cursors.values()];
    const fetches: Fetch[] = [];
    let room = maxRecords;
    let bytes = MAX_POLL_BYTES;
    for (let i = 0; i < cursors.length && room > 0 && bytes > 0; i++) {
      const cursor = cursors[(this.#first + i) % cursors.length]!;
      const { log } = cursor;
      if (log.losses !== cursor.losses) throw lost(log);
      if (cursor.paused || cursor.position >= log.end || !log.available) continue;
      if (cursor.position < log.start) {
        const { topic, partition, start } = log;
        this.#onTrimmed?.({ topic, partition, from: cursor.position, to: start });
        cursor.position = start;
      }
      const from = cursor.position;
      const end = log.end;
      const found = log.readTail(from, room) ?? (await log.read(from, room, bytes, cursor));
      if (found === undefined) continue;
      const records = found.slice(0, fittingCount(found, room, bytes));
      const last = records.at(-1);
      if (last === undefined) {
        if (cursor.position < end) cursor.position = end;
        continue;
      }
      cursor.position = last.offset + 1;
      room -= records.length;
      for (const record of records) bytes -= heldBytes(record);
      fetches.push({ topic: log.topic, partition: log.partition, records });
    }
    this.#first = cursors.length === 0 ? 0 : (this.#first + 1) % cursors.length;
    return fetches;
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const at of partitions) this.#set(at, true);
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const at of partitions) this.#set(at, false);
    this.wake();
  }

  #set(at: TopicPartition, paused: boolean): void {
    const cursor = this.#cursors.get(nameOf(at));
    if (cursor !== undefined) cursor.paused = paused;
  }

  seek(position: Position): void {
    const cursor = this.#cursors.get(nameOf(position));
    if (cursor !== undefined) cursor.position = position.offset;
    this.wake();
  }

  close(): Promise<void> {
    for (const cursor of this.#cursors.values()) cursor.unwatch();
    this.#cursors.clear();
    this.wake();
    return Promise.resolve();
  }
}
