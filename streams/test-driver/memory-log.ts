import type {
  Fetch,
  LogRecord,
  OutgoingRecord,
  PartitionOffsets,
  Position,
  Reader,
  TopicDescription,
  TopicPartition,
} from "../backbone/backbone.ts";
import { StreamsError } from "../errors.ts";

/** A record with its place. */
export interface LoggedRecord extends LogRecord, TopicPartition {}

/** The test driver's topics: arrays. A task or a global reads the records appended before. */
export class MemoryLog {
  readonly #topics = new Map<string, LogRecord[][]>();
  /** By topic, in the order of the appends, over all partitions. */
  readonly #appended = new Map<string, LoggedRecord[]>();
  readonly #readers = new Set<MemoryReader>();

  create(topic: string, partitions: number): void {
    if (this.#topics.has(topic)) return;
    this.#topics.set(
      topic,
      Array.from({ length: partitions }, () => []),
    );
    this.#appended.set(topic, []);
  }

  async partitions(topic: string): Promise<number | undefined> {
    return this.#topics.get(topic)?.length;
  }

  append(records: readonly OutgoingRecord[]): void {
    for (const { topic, partition, timestamp, key, value, headers = {} } of records) {
      const log = this.#logs(topic)[partition];
      if (log === undefined) throw new StreamsError("UNKNOWN_TOPIC", `there is no partition ${topic}/${partition}`);
      const record = { offset: log.length, timestamp, key, value, headers };
      log.push(record);
      this.#appended.get(topic)!.push({ ...record, topic, partition });
    }
    for (const reader of this.#readers) reader.wake();
  }

  #logs(topic: string): readonly LogRecord[][] {
    const logs = this.#topics.get(topic);
    if (logs === undefined) {
      const known = [...this.#topics.keys()].join(", ");
      throw new StreamsError("UNKNOWN_TOPIC", `the topology has no topic ${topic}; its topics are ${known}`);
    }
    return logs;
  }

  /** Everything appended to a topic, oldest first. */
  appended(topic: string): readonly LoggedRecord[] {
    this.#logs(topic);
    return this.#appended.get(topic)!;
  }

  /** From `offset` to the end; `undefined` when there is nothing. */
  read({ topic, partition, offset }: Position): Fetch | undefined {
    const records = this.#logs(topic)[partition]?.slice(offset) ?? [];
    return records.length === 0 ? undefined : { topic, partition, records };
  }

  async offsets(topics: readonly string[]): Promise<readonly PartitionOffsets[]> {
    return topics.flatMap((topic) =>
      this.#logs(topic).map((log, partition) => ({ topic, partition, start: 0, end: log.length })),
    );
  }

  ranges(topics: readonly string[]): Promise<readonly PartitionOffsets[]> {
    return this.offsets(topics);
  }

  async describe(topics: readonly string[]): Promise<readonly TopicDescription[]> {
    return topics.flatMap((topic) => {
      const partitions = this.#topics.get(topic)?.length;
      return partitions === undefined ? [] : [{ topic, partitions }];
    });
  }

  async reader(positions: readonly Position[]): Promise<Reader> {
    const reader = new MemoryReader(this, positions, () => this.#readers.delete(reader));
    this.#readers.add(reader);
    return reader;
  }
}

interface Cursor extends TopicPartition {
  offset: number;
  paused: boolean;
}

/** Waits for appends, never for time: `poll` without a record resolves with the next append or at the close. */
class MemoryReader implements Reader {
  readonly #log: MemoryLog;
  readonly #cursors: readonly Cursor[];
  readonly #onClose: () => void;
  #woken: (() => void) | undefined;
  #closed = false;

  constructor(log: MemoryLog, positions: readonly Position[], onClose: () => void) {
    this.#log = log;
    this.#cursors = positions.map((position) => ({ ...position, paused: false }));
    this.#onClose = onClose;
  }

  async poll(): Promise<readonly Fetch[]> {
    let fetches = this.#take();
    while (fetches.length === 0 && !this.#closed) {
      await new Promise<void>((resolve) => (this.#woken = resolve));
      fetches = this.#take();
    }
    return fetches;
  }

  #take(): readonly Fetch[] {
    return this.#cursors.flatMap((cursor) => {
      const fetch = cursor.paused ? undefined : this.#log.read(cursor);
      if (fetch === undefined) return [];
      cursor.offset += fetch.records.length;
      return [fetch];
    });
  }

  wake(): void {
    this.#woken?.();
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const cursor of this.#of(partitions)) cursor.paused = true;
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const cursor of this.#of(partitions)) cursor.paused = false;
    this.wake();
  }

  #of(partitions: readonly TopicPartition[]): readonly Cursor[] {
    return this.#cursors.filter((cursor) =>
      partitions.some(({ topic, partition }) => topic === cursor.topic && partition === cursor.partition),
    );
  }

  seek(position: Position): void {
    for (const cursor of this.#of([position])) cursor.offset = position.offset;
    this.wake();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#onClose();
    this.wake();
  }
}
