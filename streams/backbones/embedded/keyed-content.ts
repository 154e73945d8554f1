import type { KeyedTable, LogRecord, OutgoingRecord, TopicPartition } from "../../backbone/backbone.ts";
import { StreamsError } from "../../errors.ts";
import { KEYED_HEAD, keyedEnd, keyedKey, keyedLast, keyedText } from "./keys.ts";
import type { LogStore } from "./log-store.ts";
import { moveToKeys, readMark, type KeyedMark } from "./move-to-keys.ts";
import { KEYED_VALUE, keyedOffset, keyedRecord, keyedValue, OFFSET_BYTES, setKeyedOffset } from "./record-codec.ts";
import type { Operation } from "./write-queue.ts";

/** Records that the search for the next ones remembers, some hundred bytes each; twice as many while it runs. */
const MOST_PLANNED = 500_000;

/** A record that can be stored, and has no offset yet. A deletion has no value. */
export interface KeyedEntry {
  readonly key: Buffer;
  readonly value: Buffer | null;
}

/** The keys of the records of some offsets, in their order. */
interface Plan {
  readonly from: number;
  /** One past the last offset that it has come to. */
  readonly until: number;
  /** Of the partition, when the reader began. */
  readonly end: number;
  readonly entries: readonly { readonly offset: number; readonly key: Buffer }[];
}

/**
 * The content of a partition that is kept by key: the newest record of each key, and nothing of deleted keys. A write
 * is one operation, without a look at the record before. Reading it by offset is for copies that are made anew: it
 * looks through all of the keys.
 */
export class KeyedContent implements KeyedTable {
  readonly #store: LogStore;
  readonly #at: TopicPartition;
  readonly #topicId: number;
  #plans = new WeakMap<object, Plan>();
  #lastDeleted = -1;
  #generation = 0;
  #mark: KeyedMark | undefined;
  #moving: Promise<number> | undefined;

  constructor(store: LogStore, topicId: number, at: TopicPartition) {
    this.#store = store;
    this.#topicId = topicId;
    this.#at = at;
  }

  get generation(): number {
    return this.#generation;
  }

  /** The database was opened, or opened anew. @param end of the partition: keys deleted before it are not known. */
  reload(end: number): void {
    this.#generation++;
    this.#plans = new WeakMap();
    this.#lastDeleted = end - 1;
    this.#mark = readMark(this.#store, this.#topicId, this.#at.partition);
  }

  /** Otherwise the partition is kept by offset. */
  get isKept(): boolean {
    return this.#mark !== undefined;
  }

  /**
   * From now on. Records appended before the call are stored before the mark, and so are moved. @returns how many
   * records were moved
   */
  keep(): Promise<number> {
    if (this.#mark === "whole") return Promise.resolve(0);
    this.#mark = "mixed";
    this.#moving ??= moveToKeys(this.#store, this.#topicId, this.#at.partition)
      .then((moved) => {
        this.#mark = "whole";
        return moved;
      })
      .finally(() => {
        this.#moving = undefined;
      });
    return this.#moving;
  }

  /** Throws for a record that can't be kept by key. */
  prepare({ key, value, timestamp, headers }: OutgoingRecord): KeyedEntry {
    if (this.#mark === "mixed") this.#refuse();
    if (key === null || (headers !== undefined && Object.keys(headers).length > 0)) {
      const { topic, partition } = this.#at;
      throw new StreamsError(
        "UNENCODABLE",
        `${topic}/${partition} is kept by key: its records have keys and no headers`,
      );
    }
    const full = keyedKey(this.#topicId, this.#at.partition, key);
    if (value === null) return { key: full, value };
    return { key: full, value: keyedValue(value, timestamp) };
  }

  /** A newer record must not be stored in the place that an older one will be moved to. */
  #refuse(): never {
    this.keep().catch(() => undefined);
    const { topic, partition } = this.#at;
    throw new StreamsError("BACKBONE_UNAVAILABLE", `${topic}/${partition} is being moved to storage by key: try again`);
  }

  /** @returns one past the last offset that was given out. */
  append(entries: readonly KeyedEntry[], next: number, operations: Operation[]): number {
    let offset = next;
    for (const { key, value } of entries) {
      if (value === null) {
        this.#lastDeleted = offset;
        operations.push({ type: "del", key });
      } else {
        setKeyedOffset(value, offset);
        operations.push({ type: "put", key, value });
      }
      offset++;
    }
    const last = entries.at(-1);
    if (last?.value === null) operations.push(this.#putLast(last.key, offset - 1));
    return offset;
  }

  /** The newest record of a partition always stays, so a reader that waits for the end gets there. */
  #putLast(key: Buffer, offset: number): Operation {
    const value = Buffer.allocUnsafe(OFFSET_BYTES + key.length - KEYED_HEAD);
    setKeyedOffset(value, offset);
    value.set(key.subarray(KEYED_HEAD), OFFSET_BYTES);
    return { type: "put", key: keyedLast(this.#topicId, this.#at.partition), value };
  }

  /** The newest record, if it is a deletion. */
  #last(from: number, end: number): readonly LogRecord[] {
    const last = this.#store.get(keyedLast(this.#topicId, this.#at.partition));
    if (last === undefined || keyedOffset(last) !== end - 1 || end <= from) return [];
    return [{ offset: end - 1, timestamp: 0, key: last.subarray(OFFSET_BYTES), value: null, headers: {} }];
  }

  get(key: string): Uint8Array | undefined {
    try {
      return this.#store.get(keyedText(this.#topicId, this.#at.partition, key))?.subarray(KEYED_VALUE);
    } catch (error) {
      throw this.#explained(error);
    }
  }

  async getMany(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
    try {
      const found = await this.#store.getMany(keys.map((key) => keyedText(this.#topicId, this.#at.partition, key)));
      return found.map((value) => value?.subarray(KEYED_VALUE));
    } catch (error) {
      throw this.#explained(error);
    }
  }

  async range(from: string, to: string, limit = -1): Promise<readonly (readonly [string, Uint8Array])[]> {
    const { partition } = this.#at;
    const [gte, lt] = [keyedText(this.#topicId, partition, from), keyedText(this.#topicId, partition, to)];
    try {
      const found = await this.#store.all({ gte, lt, limit });
      return found.map(([key, value]) => [key.toString("utf8", KEYED_HEAD), value.subarray(KEYED_VALUE)]);
    } catch (error) {
      throw this.#explained(error);
    }
  }

  /** While the database is being opened anew it can't be read: that passes. */
  #explained(error: unknown): unknown {
    if (!this.#store.available) this.#store.check();
    return error;
  }

  /**
   * The present records from `from` to before `end`, in the order of their offsets. Rejects if keys were deleted since
   * the reader began and the reader has come to the offsets of those deletions.
   * @param reader the same object for all calls of one reader.
   */
  async read(
    reader: object,
    { from, end }: { readonly from: number; readonly end: number },
    limit: number,
    maxBytes: number,
  ): Promise<readonly LogRecord[]> {
    await this.keep();
    for (let next = from; next < end;) {
      const plan = await this.#planFor(reader, next, end);
      const first = lowerBound(plan.entries, next);
      const planned = plan.entries.slice(first, first + limit);
      const last = planned.at(-1);
      if (last === undefined) {
        next = plan.until;
        continue;
      }
      const records: LogRecord[] = [];
      let bytes = 0;
      const values = await this.#store.getMany(planned.map(({ key }) => key));
      for (const [at, { offset, key }] of planned.entries()) {
        const value = values[at];
        // A newer one has another offset, behind these.
        if (value === undefined || keyedOffset(value) !== offset) continue;
        records.push(keyedRecord(key.subarray(KEYED_HEAD), value));
        if ((bytes += value.length) > maxBytes) break;
      }
      if (records.length > 0) return records;
      next = last.offset + 1;
    }
    return this.#last(from, end);
  }

  async #planFor(reader: object, from: number, end: number): Promise<Plan> {
    const known = from === 0 ? undefined : this.#plans.get(reader);
    if (known !== undefined && from >= known.from && from < known.until) return known;
    const goesOn = known !== undefined && from === known.until && from < known.end;
    if (!goesOn && from > 0 && this.#lastDeleted >= from) {
      const { topic, partition } = this.#at;
      throw new StreamsError(
        "BACKBONE_UNAVAILABLE",
        `${topic}/${partition} is kept by key, and keys were deleted since ${from}: read it again from the start`,
      );
    }
    const plan = await this.#newPlan(from, goesOn ? known.end : end);
    this.#plans.set(reader, plan);
    return plan;
  }

  async #newPlan(from: number, end: number): Promise<Plan> {
    const { partition } = this.#at;
    const all = this.#store.iterator({
      gte: keyedText(this.#topicId, partition, ""),
      lt: keyedEnd(this.#topicId, partition),
    });
    let until = end;
    let entries: { readonly offset: number; readonly key: Buffer }[] = [];
    /** Keeps the first of the entries. The next plan takes those behind. */
    const cut = (): void => {
      entries.sort((a, b) => a.offset - b.offset);
      until = entries[MOST_PLANNED]?.offset ?? until;
      entries = entries.slice(0, MOST_PLANNED);
    };
    for await (const [key, value] of all) {
      const offset = keyedOffset(value);
      if (offset < from || offset >= until) continue;
      entries.push({ offset, key });
      if (entries.length === 2 * MOST_PLANNED) cut();
    }
    cut();
    return { from, until, end, entries };
  }
}

function lowerBound(entries: Plan["entries"], offset: number): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (entries[middle]!.offset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
