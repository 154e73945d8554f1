import type { OutgoingRecord } from "../backbone/backbone.ts";
import { crc32c } from "./crc32c.ts";
import { varintSize, writeVarint } from "./varint.ts";

/** Who writes: what the broker needs to drop repetitions and to keep transactions apart. */
export interface BatchWriter {
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly transactional: boolean;
}

/** Bytes of a batch before its first record. */
export const batchHeaderBytes = 61;
/** What a record takes at most besides its key, value and headers: length, attributes, two deltas, three counts. */
const framing = 40;
/** Of each header: two lengths. */
const headerFraming = 10;

/** An upper bound of what the record adds to a batch. */
export function encodedSizeLimit(record: OutgoingRecord): number {
  let size = framing + (record.key?.length ?? 0) + (record.value?.length ?? 0);
  for (const name in record.headers) size += headerFraming + 3 * name.length + record.headers[name]!.length;
  return size;
}

/** One record batch of format 2, uncompressed. Timestamps are cut to whole milliseconds. */
export function encodeBatch(records: readonly OutgoingRecord[], writer: BatchWriter): Buffer {
  const base = Math.floor(records[0]!.timestamp);
  let latest = base;
  let size = batchHeaderBytes;
  const bodySizes = new Array<number>(records.length);
  for (let i = 0; i < records.length; i++) {
    const timestamp = Math.floor(records[i]!.timestamp);
    if (timestamp > latest) latest = timestamp;
    const body = bodySize(records[i]!, timestamp - base, i);
    bodySizes[i] = body;
    size += varintSize(body) + body;
  }

  const batch = Buffer.allocUnsafe(size);
  batch.writeBigInt64BE(0n, 0);
  batch.writeInt32BE(size - 12, 8);
  batch.writeInt32BE(-1, 12);
  batch[16] = 2;
  batch.writeInt16BE(writer.transactional ? 16 : 0, 21);
  batch.writeInt32BE(records.length - 1, 23);
  batch.writeBigInt64BE(BigInt(base), 27);
  batch.writeBigInt64BE(BigInt(latest), 35);
  batch.writeBigInt64BE(BigInt(writer.producerId), 43);
  batch.writeInt16BE(writer.producerEpoch, 51);
  batch.writeInt32BE(writer.firstSequence, 53);
  batch.writeInt32BE(records.length, 57);
  let at = batchHeaderBytes;
  for (let i = 0; i < records.length; i++) {
    const record = records[i]!;
    at = writeVarint(batch, at, bodySizes[i]!);
    batch[at++] = 0;
    at = writeVarint(batch, at, Math.floor(record.timestamp) - base);
    at = writeVarint(batch, at, i);
    at = writeBytes(batch, at, record.key);
    at = writeBytes(batch, at, record.value);
    at = writeHeaders(batch, at, record);
  }
  batch.writeUInt32BE(crc32c(batch, 21, size), 17);
  return batch;
}

function bodySize(record: OutgoingRecord, timestampDelta: number, offsetDelta: number): number {
  let size = 1 + varintSize(timestampDelta) + varintSize(offsetDelta) + bytesSize(record.key) + bytesSize(record.value);
  let count = 0;
  for (const name in record.headers) {
    size += bytesSize(nameBytes(name)) + bytesSize(record.headers[name]!);
    count++;
  }
  return size + varintSize(count);
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

function writeHeaders(batch: Buffer, at: number, record: OutgoingRecord): number {
  if (record.headers === undefined) return writeVarint(batch, at, 0);
  let count = 0;
  for (const _ in record.headers) count++;
  at = writeVarint(batch, at, count);
  for (const name in record.headers) {
    at = writeBytes(batch, at, nameBytes(name));
    at = writeBytes(batch, at, record.headers[name]!);
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
