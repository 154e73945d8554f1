import type { LogRecord, OutgoingRecord, TopicSpec } from "../backbone/backbone.ts";
import { decodeRecord, encodeRecord } from "./record-codec.ts";
import { compactionKey, endKey, offsetOf, offsetValue, readStart, recordKey, startKey, startValue } from "./keys.ts";
import type { LogDatabase, Operation } from "./write-queue.ts";

/** Newest records kept in memory, so that readers near the end touch no disk. */
const TAIL_RECORDS = 2_048;

/** One partition: which offset comes next, what readers may see, and its newest records. */
export class PartitionLog {
  readonly topic: string;
  readonly partition: number;
  /** In ms; `undefined`: nothing is ever removed. */
  retentionMs: number | undefined;
  timestamps: TopicSpec["timestamps"];
  readonly #topicId: number;
  readonly #compacted: boolean;
  readonly #database: LogDatabase;
  readonly #waiters = new Set<() => void>();
  readonly #now: () => number;
  /** Newest offset by key of compacted records that are not stored yet. */
  readonly #unstored = new Map<string, number>();
  #next: number;
  #visible: number;
  #start: number;
  #newest: number;
  #tail: LogRecord[] = [];

  /** @param now the wall clock, ms. */
  constructor(database: LogDatabase, topicId: number, spec: TopicSpec, partition: number, now: () => number) {
    this.#now = now;
    this.timestamps = spec.timestamps;
    this.#database = database;
    this.#topicId = topicId;
    this.topic = spec.name;
    this.partition = partition;
    this.#compacted = spec.cleanup === "compact";
    this.retentionMs = spec.retentionMs;
    const end = database.getSync(endKey(topicId, partition))?.readUIntBE(0, 6) ?? 0;
    const kept = database.getSync(startKey(topicId, partition));
    const { start, newest } = kept === undefined ? { start: 0, newest: Number.NEGATIVE_INFINITY } : readStart(kept);
    this.#start = start;
    this.#newest = newest;
    this.#next = end;
    this.#visible = end;
  }

  /** The newest timestamp of the records that readers see, as far as it is known. */
  get newest(): number {
    return this.#newest;
  }

  get start(): number {
    return this.#start;
  }

  /** One past the last record that readers see. */
  get end(): number {
    return this.#visible;
  }

  /**
   * Gives the records their offsets. The caller stores the operations and then calls the returned function, in the
   * order of the calls to `append`; only then do readers see the records.
   */
  append(records: readonly OutgoingRecord[], operations: Operation[]): () => void {
    const appended: LogRecord[] = [];
    const keys: string[] = [];
    for (const given of records) {
      const record = this.timestamps === "arrival" ? { ...given, timestamp: this.#now() } : given;
      const offset = this.#next++;
      operations.push({
        type: "put",
        key: recordKey(this.#topicId, this.partition, offset),
        value: encodeRecord(record),
      });
      if (this.#compacted && record.key !== null) keys.push(this.#compact(record.key, offset, operations));
      appended.push({
        offset,
        timestamp: record.timestamp,
        key: record.key,
        value: record.value,
        headers: record.headers ?? {},
      });
    }
    operations.push({
      type: "put",
      key: endKey(this.#topicId, this.partition),
      value: offsetValue(this.#next),
    });
    const end = this.#next;
    return () => {
      this.#visible = end;
      for (const record of appended) {
        this.#tail.push(record);
        if (record.timestamp > this.#newest) this.#newest = record.timestamp;
      }
      if (this.#tail.length > 2 * TAIL_RECORDS) this.#tail = this.#tail.slice(-TAIL_RECORDS);
      for (const key of keys) if ((this.#unstored.get(key) ?? end) < end) this.#unstored.delete(key);
      for (const wake of this.#waiters) wake();
    };
  }

  #compact(key: Uint8Array, offset: number, operations: Operation[]): string {
    const index = compactionKey(this.#topicId, this.partition, key);
    const name = index.toString("latin1");
    const stored = this.#unstored.get(name) ?? this.#database.getSync(index)?.readUIntBE(0, 6);
    if (stored !== undefined) {
      operations.push({ type: "del", key: recordKey(this.#topicId, this.partition, stored) });
    }
    operations.push({ type: "put", key: index, value: offsetValue(offset) });
    this.#unstored.set(name, offset);
    return name;
  }

  /**
   * Takes the log's first records away; `records` are all there are from its start. The caller stores the operations and then calls
   * the returned function; only then readers miss them.
   */
  remove(records: readonly LogRecord[], operations: Operation[]): () => void {
    const start = records.at(-1)!.offset + 1;
    for (const { offset, key } of records) {
      operations.push({ type: "del", key: recordKey(this.#topicId, this.partition, offset) });
      if (this.#compacted && key !== null) this.#forget(key, offset, operations);
    }
    operations.push({
      type: "put",
      key: startKey(this.#topicId, this.partition),
      value: startValue(start, this.#newest),
    });
    return () => {
      this.#start = start;
      const kept = this.#tail.findIndex(({ offset }) => offset >= start);
      this.#tail = kept < 0 ? [] : this.#tail.slice(kept);
    };
  }

  /** A newer record of the key, stored or on its way, keeps its entry. */
  #forget(key: Uint8Array, offset: number, operations: Operation[]): void {
    const index = compactionKey(this.#topicId, this.partition, key);
    if (this.#unstored.has(index.toString("latin1"))) return;
    if (this.#database.getSync(index)?.readUIntBE(0, 6) === offset) operations.push({ type: "del", key: index });
  }

  /** Makes the newest record's timestamp known after the log was opened. */
  async recall(): Promise<void> {
    const iterator = this.#database.iterator({
      gte: recordKey(this.#topicId, this.partition, this.#start),
      lt: recordKey(this.#topicId, this.partition, this.#visible),
      reverse: true,
      limit: 1,
    });
    for await (const [key, value] of iterator) {
      this.#newest = Math.max(this.#newest, decodeRecord(offsetOf(key), value).timestamp);
    }
  }

  /** Records from `from` on that readers may see, at most `limit`, from memory; `undefined` when they are only on disk. */
  readTail(from: number, limit: number): readonly LogRecord[] | undefined {
    const first = this.#tail[0];
    if (first === undefined || from < first.offset) return undefined;
    const index = from - first.offset;
    return this.#tail.slice(index, index + limit);
  }

  /** At most `limit`, and no more once they have so many bytes. */
  async read(from: number, limit: number, maxBytes = Number.POSITIVE_INFINITY): Promise<readonly LogRecord[]> {
    const iterator = this.#database.iterator({
      gte: recordKey(this.#topicId, this.partition, from),
      lt: recordKey(this.#topicId, this.partition, this.#visible),
      limit,
    });
    const records: LogRecord[] = [];
    let bytes = 0;
    for await (const [key, value] of iterator) {
      records.push(decodeRecord(offsetOf(key), value));
      if ((bytes += value.length) > maxBytes) break;
    }
    return records;
  }

  watch(wake: () => void): () => void {
    this.#waiters.add(wake);
    return () => void this.#waiters.delete(wake);
  }
}
