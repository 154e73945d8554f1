import type { OutgoingRecord, TopicPartition } from "../../../backbone/backbone.ts";
import { crc32c } from "../../../leveldb/crc32c.ts";
import { streamsLimits } from "../../../limits.ts";
import { varintSize, writeVarint } from "./varint.ts";

/** The writer: the broker needs it to drop repetitions and to keep transactions apart. */
export interface BatchWriter {
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly transactional: boolean;
}

const { headerNameBytes, recordHeaders } = streamsLimits;
/** Bytes of a batch before its first record. */
export const batchHeaderBytes = 61;
/** Most bytes of a record besides its content: its length, attributes, two deltas. */
const framing = 5 + 1 + 8 + 5;
const firstBytes = 4 << 10;

/**
 * Bytes of key, value and headers in a batch, with their lengths. Infinite if there are too many headers or one has too
 * long a name.
 */
export function contentSize({ key, value, headers }: OutgoingRecord): number {
  let size = bytesSize(key) + bytesSize(value);
  let count = 0;
  for (const name in headers) {
    const bytes = nameBytes(name);
    if (bytes.length > headerNameBytes) return Number.POSITIVE_INFINITY;
    size += bytesSize(bytes) + bytesSize(headers[name]!);
    count++;
  }
  return count > recordHeaders ? Number.POSITIVE_INFINITY : size + varintSize(count);
}

/** One record batch of format 2, uncompressed, written record by record. Timestamps are cut to whole milliseconds. */
export class BatchBuilder implements TopicPartition {
  readonly topic: string;
  readonly partition: number;
  #bytes: Buffer;
  #at = batchHeaderBytes;
  #count = 0;
  #base = 0;
  #latest = 0;

  /** @param bytes the buffer to write into, while it has room. */
  constructor(topic: string, partition: number, bytes: Buffer = Buffer.allocUnsafe(firstBytes)) {
    this.topic = topic;
    this.partition = partition;
    this.#bytes = bytes;
  }

  /** The buffer that was written into. Another batch may reuse it once this one is not needed any more. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  get count(): number {
    return this.#count;
  }

  /** Bytes so far. */
  get size(): number {
    return this.#at;
  }

  /** The most it has with one record more. */
  sizeWith(content: number): number {
    return this.#at + framing + content;
  }

  /** @param content the record's `contentSize`. */
  add(record: OutgoingRecord, content: number): void {
    const needed = this.sizeWith(content);
    if (needed > this.#bytes.length) this.#grow(needed);
    const timestamp = Math.floor(record.timestamp);
    if (this.#count === 0) this.#base = this.#latest = timestamp;
    else if (timestamp > this.#latest) this.#latest = timestamp;
    const bytes = this.#bytes;
    const delta = timestamp - this.#base;
    let at = writeVarint(bytes, this.#at, 1 + varintSize(delta) + varintSize(this.#count) + content);
    bytes[at++] = 0;
    at = writeVarint(bytes, at, delta);
    at = writeVarint(bytes, at, this.#count++);
    at = writeBytes(bytes, at, record.key);
    at = writeBytes(bytes, at, record.value);
    this.#at = writeHeaders(bytes, at, record.headers);
  }

  #grow(needed: number): void {
    const bytes = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length));
    bytes.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = bytes;
  }

  /** The batch, which has one record at least. Nothing can be added after it. */
  finish(writer: BatchWriter): Buffer {
    const batch = this.#bytes.subarray(0, this.#at);
    batch.writeBigInt64BE(0n, 0);
    batch.writeInt32BE(batch.length - 12, 8);
    batch.writeInt32BE(-1, 12);
    batch[16] = 2;
    batch.writeInt16BE(writer.transactional ? 16 : 0, 21);
    batch.writeInt32BE(this.#count - 1, 23);
    batch.writeBigInt64BE(BigInt(this.#base), 27);
    batch.writeBigInt64BE(BigInt(this.#latest), 35);
    batch.writeBigInt64BE(BigInt(writer.producerId), 43);
    batch.writeInt16BE(writer.producerEpoch, 51);
    batch.writeInt32BE(writer.firstSequence, 53);
    batch.writeInt32BE(this.#count, 57);
    batch.writeUInt32BE(crc32c(batch, 21, batch.length), 17);
    return batch;
  }
}

function bytesSize(bytes: Uint8Array | null): number {
  return bytes === null ? 1 : varintSize(bytes.length) + bytes.length;
}

function writeBytes(batch: Buffer, at: number, bytes: Uint8Array | null): number {
  if (bytes === null) return writeVarint(batch, at, -1);
  const { length } = bytes;
  at = writeVarint(batch, at, length);
  // For a few bytes a loop is faster than the call of a copy.
  if (length < 32) for (let i = 0; i < length; i++) batch[at + i] = bytes[i]!;
  else batch.set(bytes, at);
  return at + length;
}

function writeHeaders(batch: Buffer, at: number, headers: OutgoingRecord["headers"]): number {
  let count = 0;
  for (const _ in headers) count++;
  at = writeVarint(batch, at, count);
  for (const name in headers) {
    at = writeBytes(batch, at, nameBytes(name));
    at = writeBytes(batch, at, headers[name]!);
  }
  return at;
}

/** Names of headers are few; beyond so many they are encoded each time. */
const mostNames = 256;
const names = new Map<string, Uint8Array>();

function nameBytes(name: string): Uint8Array {
  let bytes = names.get(name);
  if (bytes === undefined) {
    bytes = Buffer.from(name);
    if (names.size < mostNames) names.set(name, bytes);
  }
  return bytes;
}
