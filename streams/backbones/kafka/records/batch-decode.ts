import type { Headers, LogRecord } from "../../../backbone/backbone.ts";
import { StreamsError } from "../../../errors.ts";
import { setOwn } from "../../../own-value.ts";
import { isAt, RecentTexts } from "../../../recent-texts.ts";
import { batchHeaderBytes } from "./batch-encode.ts";
import { crc32c } from "../../../leveldb/crc32c.ts";
import { decompress } from "./decompress.ts";
import { EXACT, exactSum, VarintReader } from "./varint.ts";

/** An aborted transaction: its producer's records from this offset up to its abort marker are hidden. */
export interface Aborted {
  readonly producerId: bigint;
  readonly firstOffset: number;
}

/** Records as they were fetched: reading them makes the objects, so that few are alive at once. */
export interface RecordBatch {
  readonly base: number;
  readonly last: number;
  readonly baseTime: number;
  /** The broker's time, if the topic is set to it. */
  readonly appendTime: number | undefined;
  readonly count: number;
  /** Kafka's number of its compression; 0: none. */
  readonly codec: number;
  /** The buffer that holds the batch, from `start` to before `end`. */
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** The reason that it can't be read, if the header already shows one. */
  readonly problem: string | undefined;
}

export interface Batches {
  readonly batches: readonly RecordBatch[];
  /** The offset to read on from: behind the last whole batch, whether or not any of its records can be seen. */
  readonly next: number;
}

export interface Decoded {
  readonly records: LogRecord[];
  readonly next: number;
}

const headerNames = new RecentTexts();
const noHeaders: Headers = Object.freeze({});
const noBytes = Buffer.alloc(0);

/** Bytes of an entry of any format up to the number of that. */
const anyHeaderBytes = 17;
/** The length of a batch counts from behind itself. */
const lengthBehind = 12;

/** The committed records from `from` on in a run of record batches, the last of which may be cut off. */
export function decodeBatches(bytes: Buffer, from: number, aborted: readonly Aborted[]): Decoded {
  const { batches, next } = readBatches(bytes, from, aborted);
  const records: LogRecord[] = [];
  for (const batch of batches) {
    const reader = new BatchReader(batch, from);
    for (let record = reader.take(); record !== undefined; record = reader.take()) records.push(record);
  }
  return { records, next };
}

/** The same, cut into batches of the visible records. Each batch has at least one record from `from` on. */
export function readBatches(bytes: Buffer, from: number, aborted: readonly Aborted[]): Batches {
  const batches: RecordBatch[] = [];
  const pending = [...aborted].sort((a, b) => b.firstOffset - a.firstOffset);
  const aborting = new Set<bigint>();
  let next = from;
  for (let at = 0; at + anyHeaderBytes <= bytes.length;) {
    const end = at + lengthBehind + bytes.readInt32BE(at + 8);
    if (end > bytes.length) break;
    const batch = batchAt(bytes, at, end, next);
    const { base, last } = batch;
    if (batch.problem === undefined) {
      const attributes = bytes.readInt16BE(at + 21);
      const producerId = bytes.readBigInt64BE(at + 43);
      while (pending.length > 0 && pending.at(-1)!.firstOffset <= last) aborting.add(pending.pop()!.producerId);
      if ((attributes & 0x20) !== 0) {
        if (isAbortMarker(bytes, at, end)) aborting.delete(producerId);
      } else if (((attributes & 0x10) === 0 || !aborting.has(producerId)) && last >= from) {
        if (base >= from ? batch.count !== 0 : new BatchReader(batch, from).take() !== undefined) batches.push(batch);
      }
    } else if (last >= from) batches.push(batch);
    if (last >= next) next = last + 1;
    // The start of the next batch is unknown: it is asked for by its offset.
    if (end < at + anyHeaderBytes) break;
    at = end;
  }
  return { batches, next };
}

/** @param next the batch's offset if its header is cut off. */
function batchAt(bytes: Buffer, at: number, end: number, next: number): RecordBatch {
  const format = bytes[at + 16]!;
  const size = end - at;
  const base = size < anyHeaderBytes ? next : Number(bytes.readBigInt64BE(at));
  if (format !== 2 || size < batchHeaderBytes) {
    const problem =
      size < anyHeaderBytes || format === 2
        ? `it says it has ${size} bytes`
        : `it is of format ${format}: only format 2 (Kafka 0.11 and later) can be read`;
    const none = { baseTime: 0, appendTime: undefined, count: 0, codec: 0 };
    return { base, last: base, ...none, bytes, start: at, end, problem };
  }
  const attributes = bytes.readInt16BE(at + 21);
  const lastDelta = bytes.readInt32BE(at + 23);
  const count = bytes.readInt32BE(at + 57);
  return {
    base,
    last: base + Math.max(0, lastDelta),
    baseTime: Number(bytes.readBigInt64BE(at + 27)),
    appendTime: (attributes & 8) !== 0 ? Number(bytes.readBigInt64BE(at + 35)) : undefined,
    count,
    codec: attributes & 7,
    bytes,
    start: at,
    end,
    problem:
      lastDelta < 0 || count < 0 ? `it says it has ${count} records, the last at its offset + ${lastDelta}` : undefined,
  };
}

/**
 * Reads a batch once, from its first record whose offset is not below `from`. If it can't be read, wholly or from a
 * record on, one last record stands for the rest.
 */
export class BatchReader {
  readonly batch: RecordBatch;
  readonly #from: number;
  /** Undefined until the first record is asked for. */
  #reader: VarintReader | undefined;
  #bytes: Buffer;
  #end = 0;
  /** The value last read, by name: the next record mostly has the same (a topic for replies, a partition). */
  readonly #headerValues = new Map<string, Buffer>();
  #left: number;
  /** No record that is still to come is below it. */
  #next: number;

  constructor(batch: RecordBatch, from: number) {
    this.batch = batch;
    this.#from = from;
    this.#bytes = batch.bytes;
    this.#left = batch.problem === undefined ? batch.count : 1;
    this.#next = batch.base;
  }

  /** The next record; `undefined` behind the last. */
  take(): LogRecord | undefined {
    try {
      return this.#take(this.#reader ?? this.#open());
    } catch (error) {
      return this.#rest(error);
    }
  }

  /** A batch is decompressed when it is read, so that few are in memory at once. */
  #open(): VarintReader {
    const { bytes, start, end, codec, problem } = this.batch;
    if (problem !== undefined) throw new StreamsError("UNREADABLE_BATCH", problem);
    if (codec === 0) {
      this.#end = end;
      return (this.#reader = new VarintReader(bytes, start + batchHeaderBytes));
    }
    if (!hasSum(this.batch)) throw new StreamsError("UNREADABLE_BATCH", "its checksum is wrong");
    this.#bytes = decompress(codec, bytes.subarray(start + batchHeaderBytes, end));
    this.#end = this.#bytes.length;
    return (this.#reader = new VarintReader(this.#bytes, 0));
  }

  #take(reader: VarintReader): LogRecord | undefined {
    const { base, last, baseTime, appendTime } = this.batch;
    const bytes = this.#bytes;
    while (this.#left > 0) {
      const length = reader.next();
      const behind = reader.at + length;
      if (!(length > 0 && behind <= this.#end))
        throw new StreamsError("UNREADABLE_BATCH", "a record has another length than it says");
      reader.at++;
      const at = reader.at;
      const delta = reader.next();
      let timestamp = baseTime + delta;
      // A neighbour with an absurd time must not change this one's.
      if (delta > EXACT || delta < -EXACT || !Number.isSafeInteger(timestamp))
        timestamp = exactSum(this.batch.bytes.readBigInt64BE(this.batch.start + 27), bytes, at);
      const offset = base + reader.next();
      if (!(offset >= this.#next && offset <= last))
        throw new StreamsError("UNREADABLE_BATCH", "a record has an offset outside its batch");
      if (offset < this.#from) {
        reader.at = behind;
        this.#next = offset + 1;
        this.#left--;
        continue;
      }
      const key = readBytes(bytes, reader, behind);
      const value = readBytes(bytes, reader, behind);
      const headers = readHeaders(bytes, reader, this.#headerValues, behind);
      if (reader.at !== behind) throw new StreamsError("UNREADABLE_BATCH", "a record has another length than it says");
      this.#next = offset + 1;
      this.#left--;
      return { offset, timestamp: appendTime ?? timestamp, key, value, headers };
    }
    if (reader.at < this.#end && this.#next <= last)
      throw new StreamsError("UNREADABLE_BATCH", "it has more records than it says");
    return undefined;
  }

  /** The record that stands for those still to come. */
  #rest(cause: unknown): LogRecord | undefined {
    const { bytes, last, baseTime } = this.batch;
    const firstOffset = Math.max(this.#next, this.#from);
    this.#reader = new VarintReader(bytes, 0);
    [this.#left, this.#end, this.#next] = [0, 0, last + 1];
    if (firstOffset > last) return undefined;
    const offsets = firstOffset === last ? `offset ${last}` : `offsets ${firstOffset} to ${last}`;
    const message = `a batch can't be read, ${offsets}: ${this.#reason(cause)}`;
    const unreadable = { firstOffset, error: new StreamsError("UNREADABLE_BATCH", message, cause) };
    return { offset: last, timestamp: baseTime, key: null, value: null, headers: noHeaders, unreadable };
  }

  #reason(cause: unknown): string {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const { codec, problem } = this.batch;
    if (problem !== undefined) return reason;
    if (codec !== 0) return `${compressions[codec] ?? "compressed"}: ${reason}`;
    return hasSum(this.batch) ? reason : `${reason}, and its checksum is wrong`;
  }
}

const compressions: readonly (string | undefined)[] = [undefined, "gzip", "snappy", "lz4", "zstd"];

function hasSum({ bytes, start, end }: RecordBatch): boolean {
  return crc32c(bytes, start + 21, end) === bytes.readUInt32BE(start + 17);
}

/** The key of a control record is a version and a type; type 0 ends a transaction as aborted. */
function isAbortMarker(bytes: Buffer, at: number, end: number): boolean {
  if (bytes.readInt32BE(at + 57) === 0) return false;
  const reader = new VarintReader(bytes, at + batchHeaderBytes);
  reader.next();
  reader.at++;
  reader.next();
  reader.next();
  reader.next();
  return reader.at + 4 <= end && bytes.readInt16BE(reader.at + 2) === 0;
}

/** @param behind the first place behind the record. */
function readBytes(bytes: Buffer, reader: VarintReader, behind: number): Buffer | null {
  const length = reader.next();
  if (length === -1) return null;
  const start = reader.at;
  reader.at += length;
  if (!(length >= 0 && reader.at <= behind))
    throw new StreamsError("UNREADABLE_BATCH", "a key or value has another length than it says");
  return bytes.subarray(start, reader.at);
}

function readHeaders(bytes: Buffer, reader: VarintReader, recent: Map<string, Buffer>, behind: number): Headers {
  const count = reader.next();
  if (count === 0) return noHeaders;
  if (!(count > 0 && count <= behind - reader.at))
    throw new StreamsError("UNREADABLE_BATCH", `a record says it has ${count} headers`);
  const headers: Record<string, Uint8Array> = {};
  for (let i = 0; i < count; i++) {
    const length = reader.next();
    if (!(length >= 0 && length <= behind - reader.at))
      throw new StreamsError("UNREADABLE_BATCH", "a header has another length than it says");
    const name = headerNames.read(bytes, reader.at, length);
    reader.at += length;
    setOwn(headers, name, readHeaderValue(name, bytes, reader, recent, behind));
  }
  return headers;
}

function readHeaderValue(
  name: string,
  bytes: Buffer,
  reader: VarintReader,
  recent: Map<string, Buffer>,
  behind: number,
): Buffer {
  const length = reader.next();
  if (length <= 0) return noBytes;
  if (!(length <= behind - reader.at))
    throw new StreamsError("UNREADABLE_BATCH", "a header has another length than it says");
  const start = reader.at;
  reader.at += length;
  const last = recent.get(name);
  if (last?.length === length && isAt(last, bytes, start)) return last;
  const value = bytes.subarray(start, reader.at);
  recent.set(name, value);
  return value;
}
