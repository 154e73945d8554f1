import { gunzipSync, zstdDecompressSync } from "node:zlib";
import kafkajs from "kafkajs";
import type { Headers, LogRecord } from "../backbone/backbone.ts";
import { StreamsError } from "../errors.ts";
import { setOwn } from "../own-value.ts";
import { isAt, RecentTexts } from "../recent-texts.ts";
import { batchHeaderBytes } from "./batch-encode.ts";
import { VarintReader } from "./varint.ts";

/** A transaction that was aborted: what its producer wrote from this offset up to its abort marker is not to be seen. */
export interface Aborted {
  readonly producerId: bigint;
  readonly firstOffset: number;
}

/** Records as they were fetched: reading them makes the objects, so that few are alive at once. */
export interface RecordBatch {
  readonly base: number;
  readonly baseTime: number;
  /** The broker's time, where the topic has that. */
  readonly appendTime: number | undefined;
  readonly count: number;
  /** What its records lie in, from `start` on, not compressed. */
  readonly bytes: Buffer;
  readonly start: number;
  /** Of the batch as it was fetched. */
  readonly size: number;
}

export interface Batches {
  readonly batches: readonly RecordBatch[];
  /** Where to read on: behind the last whole batch, whether or not any of its records can be seen. */
  readonly next: number;
}

export interface Decoded {
  readonly records: LogRecord[];
  readonly next: number;
}

const headerNames = new RecentTexts();
const noHeaders: Headers = Object.freeze({});
const noBytes = Buffer.alloc(0);

/** The committed records from `from` on in a run of record batches, the last of which may be cut off. */
export async function decodeBatches(bytes: Buffer, from: number, aborted: readonly Aborted[]): Promise<Decoded> {
  const { batches, next } = await readBatches(bytes, from, aborted);
  const records: LogRecord[] = [];
  for (const batch of batches) {
    const reader = new BatchReader(batch, from);
    for (let record = reader.take(); record !== undefined; record = reader.take()) records.push(record);
  }
  return { records, next };
}

/** The same, with what can be seen cut into batches, each of which has one record from `from` on at least. */
export async function readBatches(bytes: Buffer, from: number, aborted: readonly Aborted[]): Promise<Batches> {
  const batches: RecordBatch[] = [];
  const pending = [...aborted].sort((a, b) => b.firstOffset - a.firstOffset);
  const aborting = new Set<bigint>();
  let next = from;
  for (let at = 0; at + batchHeaderBytes <= bytes.length;) {
    const end = at + 12 + bytes.readInt32BE(at + 8);
    if (end > bytes.length) break;
    if (bytes[at + 16] !== 2) {
      throw new StreamsError(
        "UNDECODABLE",
        `a record batch of format ${bytes[at + 16]}: only format 2 (Kafka 0.11 and later) can be read`,
      );
    }
    const base = Number(bytes.readBigInt64BE(at));
    const attributes = bytes.readInt16BE(at + 21);
    const last = base + bytes.readInt32BE(at + 23);
    const producerId = bytes.readBigInt64BE(at + 43);
    while (pending.length > 0 && pending.at(-1)!.firstOffset <= last) aborting.add(pending.pop()!.producerId);
    if ((attributes & 0x20) !== 0) {
      if (isAbortMarker(bytes, at)) aborting.delete(producerId);
    } else if (((attributes & 0x10) === 0 || !aborting.has(producerId)) && last >= from) {
      const batch = await openBatch(bytes, at, end);
      if (base >= from ? batch.count > 0 : new BatchReader(batch, from).take() !== undefined) batches.push(batch);
    }
    if (last >= next) next = last + 1;
    at = end;
  }
  return { batches, next };
}

async function openBatch(bytes: Buffer, at: number, end: number): Promise<RecordBatch> {
  const attributes = bytes.readInt16BE(at + 21);
  const codec = attributes & 7;
  return {
    base: Number(bytes.readBigInt64BE(at)),
    baseTime: Number(bytes.readBigInt64BE(at + 27)),
    appendTime: (attributes & 8) !== 0 ? Number(bytes.readBigInt64BE(at + 35)) : undefined,
    count: bytes.readInt32BE(at + 57),
    bytes: codec === 0 ? bytes : await decompress(codec, bytes.subarray(at + batchHeaderBytes, end)),
    start: codec === 0 ? at + batchHeaderBytes : 0,
    size: end - at,
  };
}

/** Reads a batch once, from its first record whose offset is not below `from`. */
export class BatchReader {
  readonly batch: RecordBatch;
  readonly #from: number;
  readonly #reader: VarintReader;
  /** By name: what was read last, which the next record mostly has too (a topic for replies, a partition). */
  readonly #headerValues = new Map<string, Buffer>();
  #left: number;

  constructor(batch: RecordBatch, from: number) {
    this.batch = batch;
    this.#from = from;
    this.#reader = new VarintReader(batch.bytes, batch.start);
    this.#left = batch.count;
  }

  /** The next record; `undefined` behind the last. */
  take(): LogRecord | undefined {
    const { base, baseTime, appendTime, bytes } = this.batch;
    const reader = this.#reader;
    while (this.#left > 0) {
      this.#left--;
      const length = reader.next();
      const behind = reader.at + length;
      reader.at++;
      const timestamp = baseTime + reader.next();
      const offset = base + reader.next();
      if (offset < this.#from) {
        reader.at = behind;
        continue;
      }
      const key = readBytes(bytes, reader);
      const value = readBytes(bytes, reader);
      const headers = readHeaders(bytes, reader, this.#headerValues);
      reader.at = behind;
      return { offset, timestamp: appendTime ?? timestamp, key, value, headers };
    }
    return undefined;
  }
}

/** The key of a control record is a version and a type; type 0 ends a transaction as aborted. */
function isAbortMarker(bytes: Buffer, at: number): boolean {
  if (bytes.readInt32BE(at + 57) === 0) return false;
  const reader = new VarintReader(bytes, at + batchHeaderBytes);
  reader.next();
  reader.at++;
  reader.next();
  reader.next();
  reader.next();
  return bytes.readInt16BE(reader.at + 2) === 0;
}

function readBytes(bytes: Buffer, reader: VarintReader): Buffer | null {
  const length = reader.next();
  if (length < 0) return null;
  const start = reader.at;
  reader.at += length;
  return bytes.subarray(start, reader.at);
}

function readHeaders(bytes: Buffer, reader: VarintReader, recent: Map<string, Buffer>): Headers {
  const count = reader.next();
  if (count === 0) return noHeaders;
  const headers: Record<string, Uint8Array> = {};
  for (let i = 0; i < count; i++) {
    const length = reader.next();
    const name = headerNames.read(bytes, reader.at, length);
    reader.at += length;
    setOwn(headers, name, readHeaderValue(name, bytes, reader, recent));
  }
  return headers;
}

function readHeaderValue(name: string, bytes: Buffer, reader: VarintReader, recent: Map<string, Buffer>): Buffer {
  const length = reader.next();
  if (length <= 0) return noBytes;
  const start = reader.at;
  reader.at += length;
  const last = recent.get(name);
  if (last?.length === length && isAt(last, bytes, start)) return last;
  const value = bytes.subarray(start, reader.at);
  recent.set(name, value);
  return value;
}

const names = ["none", "gzip", "snappy", "lz4", "zstd"];

async function decompress(codec: number, bytes: Buffer): Promise<Buffer> {
  if (codec === 1) return gunzipSync(bytes);
  if (codec === 4) return zstdDecompressSync(bytes);
  const plugged = (
    kafkajs.CompressionCodecs as Readonly<Record<number, () => { decompress(bytes: Buffer): Promise<Buffer> }>>
  )[codec];
  try {
    return await plugged!().decompress(bytes);
  } catch (error) {
    const name = names[codec] ?? String(codec);
    throw new StreamsError(
      "UNDECODABLE",
      `a record batch is compressed with ${name}, which Node can't read: let the producer use zstd or gzip, or add a ` +
        `${name} codec to kafkajs' CompressionCodecs`,
      error,
    );
  }
}
