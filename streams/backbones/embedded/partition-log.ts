import type { LogRecord, OutgoingRecord, TopicSpec } from "../../backbone/backbone.ts";
import { decodeRecord, encodeRecord } from "./record-codec.ts";
import { compactionKey, endKey, offsetOf, offsetValue, readStart, recordKey, startKey, startValue } from "./keys.ts";
import { StreamsError } from "../../errors.ts";
import { reasonOf } from "../../outage.ts";
import { KeyedContent, type KeyedEntry } from "./keyed-content.ts";
import type { LogStore } from "./log-store.ts";
import type { Operation } from "./write-queue.ts";

/** Newest records kept in memory, so that readers near the end touch no disk. */
const TAIL_RECORDS = 2_048;
/** Bytes of records that are read from the disk in one go. */
const READ_BYTES = 256 << 10;

/** Records that can be stored, without offsets yet. */
export interface Prepared {
  readonly records: readonly OutgoingRecord[];
  readonly bytes: readonly Buffer[];
  /** For a compacted log, by record: the database key of its key's newest offset; `stored` has the offsets there. */
  readonly indexes: readonly (Buffer | undefined)[];
  readonly stored: readonly (number | undefined)[];
  /** Of a log that is kept by key, which needs none of these. */
  readonly keyed?: readonly KeyedEntry[];
}

function readError(log: PartitionLog, error: unknown): unknown {
  const code = (error as { readonly code?: string } | undefined)?.code;
  if (code !== "LEVEL_CORRUPTION" && code !== "LEVEL_IO_ERROR") return error;
  return new StreamsError(
    "LOG_CORRUPT",
    `${log.topic}/${log.partition}: the log's files are damaged (${reasonOf(error)}): restore the log's folder from a backup`,
    error,
  );
}

/** One partition: its next offset, the records that readers may see, and the newest records. */
export class PartitionLog {
  readonly topic: string;
  readonly partition: number;
  /** In ms; `undefined`: nothing is ever removed. */
  retentionMs: number | undefined;
  timestamps: TopicSpec["timestamps"];
  readonly #topicId: number;
  readonly #compacted: boolean;
  readonly #store: LogStore;
  readonly #waiters = new Set<() => void>();
  readonly #now: () => number;
  /** Newest offset by key of compacted records that are not stored yet. */
  readonly #unstored = new Map<string, number>();
  /** The partition's content, if it is kept by key. */
  readonly content: KeyedContent;
  #next = 0;
  #visible = 0;
  #start = 0;
  #newest = Number.NEGATIVE_INFINITY;
  #tail: LogRecord[] = [];
  #losses = 0;

  /** @param now the wall clock, ms. */
  constructor(store: LogStore, topicId: number, spec: TopicSpec, partition: number, now: () => number) {
    this.#now = now;
    this.timestamps = spec.timestamps;
    this.#store = store;
    this.#topicId = topicId;
    this.topic = spec.name;
    this.partition = partition;
    this.#compacted = spec.cleanup === "compact";
    this.retentionMs = spec.retentionMs;
    this.content = new KeyedContent(store, topicId, this);
    this.reload();
  }

  /**
   * Loads memory from the database: offsets that were given out and not stored no longer count.
   * @returns false if records are gone that readers had seen.
   */
  reload(): boolean {
    const end = this.#store.get(endKey(this.#topicId, this.partition))?.readUIntBE(0, 6) ?? 0;
    const kept = this.#store.get(startKey(this.#topicId, this.partition));
    const { start, newest } = kept === undefined ? { start: 0, newest: Number.NEGATIVE_INFINITY } : readStart(kept);
    const whole = end >= this.#visible;
    if (!whole) this.#losses++;
    this.#start = start;
    this.#newest = Math.max(newest, whole ? this.#newest : newest);
    this.#next = end;
    this.#visible = end;
    this.#tail = [];
    this.#unstored.clear();
    this.content.reload(end);
    this.wake();
    return whole;
  }

  /** From now on. @returns how many records lay there and were moved. */
  keepByKey(): Promise<number> {
    if (!this.#compacted) {
      throw new StreamsError("TOPIC_MISMATCH", `${this.topic} is not compacted: it can't be kept by key`);
    }
    if (!this.content.isKept) this.#tail = [];
    return this.content.keep();
  }

  /** How often records were lost that readers had seen: readers of those have to begin again. */
  get losses(): number {
    return this.#losses;
  }

  /** False for a moment after a failed write: nothing can be read then. */
  get available(): boolean {
    return this.#store.available;
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

  /** Does all that can fail, before offsets are given out. A refused record leaves everything as it was. */
  prepare(given: readonly OutgoingRecord[]): Prepared {
    const records =
      this.timestamps === "arrival" ? given.map((record) => ({ ...record, timestamp: this.#now() })) : given;
    if (this.content.isKept) {
      const keyed = records.map((record) => this.content.prepare(record));
      return { records, bytes: [], indexes: [], stored: [], keyed };
    }
    const bytes = records.map(encodeRecord);
    if (!this.#compacted) return { records, bytes, indexes: [], stored: [] };
    const indexes = records.map(({ key }) =>
      key === null ? undefined : compactionKey(this.#topicId, this.partition, key),
    );
    const stored = indexes.map((index) => index && this.#store.get(index)?.readUIntBE(0, 6));
    return { records, bytes, indexes, stored };
  }

  /**
   * Gives the records their offsets. The caller stores the operations and then calls the returned function, in the
   * order of the calls to `append`; only then do readers see the records. If the operations can't be stored, the caller
   * calls `reload`.
   */
  append(prepared: Prepared, operations: Operation[]): () => void {
    if (prepared.keyed !== undefined) return this.#appendKeyed(prepared.keyed, operations);
    const { records, bytes, indexes, stored } = prepared;
    // Without a reader now, a later one begins on the disk. What a newer record of its key replaces is there no more: who changed a
    // table looks behind the change for its own record.
    const appended: LogRecord[] | undefined = this.#compacted || this.#waiters.size > 0 ? [] : undefined;
    const keys: string[] = [];
    for (let at = 0; at < records.length; at++) {
      const record = records[at]!;
      const offset = this.#next++;
      operations.push({ type: "put", key: recordKey(this.#topicId, this.partition, offset), value: bytes[at]! });
      const index = indexes[at];
      if (index !== undefined) keys.push(this.#compact(index, stored[at], offset, operations));
      const { timestamp, key, value, headers = {} } = record;
      appended?.push({ offset, timestamp, key, value, headers });
    }
    const end = this.#putEnd(operations);
    return () => {
      this.#visible = end;
      if (appended === undefined) this.#tail = [];
      else for (const record of appended) this.#tail.push(record);
      for (const { timestamp } of records) if (timestamp > this.#newest) this.#newest = timestamp;
      if (this.#tail.length > 2 * TAIL_RECORDS) this.#tail = this.#tail.slice(-TAIL_RECORDS);
      for (const key of keys) if ((this.#unstored.get(key) ?? end) < end) this.#unstored.delete(key);
      this.wake();
    };
  }

  #putEnd(operations: Operation[]): number {
    operations.push({ type: "put", key: endKey(this.#topicId, this.partition), value: offsetValue(this.#next) });
    return this.#next;
  }

  #appendKeyed(entries: readonly KeyedEntry[], operations: Operation[]): () => void {
    this.#next = this.content.append(entries, this.#next, operations);
    const end = this.#putEnd(operations);
    return () => {
      this.#visible = end;
      this.wake();
    };
  }

  #compact(index: Buffer, stored: number | undefined, offset: number, operations: Operation[]): string {
    const name = index.toString("latin1");
    const newest = this.#unstored.get(name) ?? stored;
    if (newest !== undefined) {
      operations.push({ type: "del", key: recordKey(this.#topicId, this.partition, newest) });
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
    if (this.#store.get(index)?.readUIntBE(0, 6) === offset) operations.push({ type: "del", key: index });
  }

  /** Makes the newest record's timestamp known after the log was opened. */
  async recall(): Promise<void> {
    const iterator = this.#store.iterator({
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
    if (first === undefined || from < first.offset || this.content.isKept) return undefined;
    const index = from - first.offset;
    return this.#tail.slice(index, index + limit);
  }

  /**
   * At most `limit`, and no more once they have so many bytes; `undefined` while the log is being opened anew.
   * @param reader the same for all calls of one that reads on.
   */
  async read(
    from: number,
    limit: number,
    maxBytes = Number.POSITIVE_INFINITY,
    reader: object = this,
  ): Promise<readonly LogRecord[] | undefined> {
    const records: LogRecord[] = [];
    let bytes = 0;
    try {
      if (this.content.isKept) {
        return await this.content.read(reader, { from, end: this.#visible }, limit, maxBytes);
      }
      const range = {
        gte: recordKey(this.#topicId, this.partition, from),
        lt: recordKey(this.#topicId, this.partition, this.#visible),
        limit,
      };
      for await (const run of this.#store.runs(range, Math.min(maxBytes, READ_BYTES))) {
        for (const [key, value] of run) {
          records.push(decodeRecord(offsetOf(key), value));
          if ((bytes += value.length) > maxBytes) return records;
        }
      }
    } catch (error) {
      if (!this.#store.available) return undefined;
      throw readError(this, error);
    }
    return records;
  }

  wake(): void {
    for (const wake of this.#waiters) wake();
  }

  watch(wake: () => void): () => void {
    this.#waiters.add(wake);
    return () => void this.#waiters.delete(wake);
  }
}
