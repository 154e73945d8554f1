import { setOwn } from "../../own-value.ts";
import type { Headers, LogRecord, OutgoingRecord } from "../../backbone/backbone.ts";
import { StreamsError } from "../../errors.ts";

const NONE = 0xffffffff;
const noHeaders: Headers = Object.freeze({});

/** The most that a header's name length and the number of headers can count. */
const MOST = 0xffff;

/**
 * Bytes of a stored record: time f64, key and value each u32 length + bytes, then headers (u16 count; u16 + name, u32 + value). Throws
 * `RECORD_TOO_LARGE` for headers that don't fit.
 */
export function encodeRecord(record: OutgoingRecord): Buffer {
  const names = record.headers === undefined ? [] : Object.keys(record.headers);
  if (names.length > MOST) throw tooLarge(record, `has ${names.length} headers; at most ${MOST} fit`);
  let size = 8 + 4 + (record.key?.length ?? 0) + 4 + (record.value?.length ?? 0) + 2;
  for (const name of names) size += 2 + Buffer.byteLength(name) + 4 + record.headers![name]!.length;
  const out = Buffer.allocUnsafe(size);
  let at = out.writeDoubleBE(record.timestamp, 0);
  at = writeBytes(out, at, record.key);
  at = writeBytes(out, at, record.value);
  at = out.writeUInt16BE(names.length, at);
  for (const name of names) {
    const length = Buffer.byteLength(name);
    if (length > MOST)
      throw tooLarge(
        record,
        `has a header whose name has ${length} bytes; at most ${MOST} fit: ${name.slice(0, 40)}...`,
      );
    at = out.writeUInt16BE(length, at);
    at += out.write(name, at);
    at = writeBytes(out, at, record.headers![name]!);
  }
  return out;
}

const tooLarge = ({ topic }: OutgoingRecord, what: string): StreamsError =>
  new StreamsError("RECORD_TOO_LARGE", `a record for ${topic} ${what}`);

export function decodeRecord(offset: number, bytes: Buffer): LogRecord {
  let at = 8;
  const key = readBytes(bytes, at);
  at += 4 + (key?.length ?? 0);
  const value = readBytes(bytes, at);
  at += 4 + (value?.length ?? 0);
  const count = bytes.readUInt16BE(at);
  at += 2;
  let headers = noHeaders;
  if (count > 0) {
    const read: Record<string, Uint8Array> = {};
    for (let i = 0; i < count; i++) {
      const length = bytes.readUInt16BE(at);
      const name = bytes.toString("utf8", at + 2, at + 2 + length);
      at += 2 + length;
      const content = readBytes(bytes, at)!;
      at += 4 + content.length;
      setOwn(read, name, content);
    }
    headers = read;
  }
  return { offset, timestamp: bytes.readDoubleBE(0), key, value, headers };
}

/** Bytes before the value of a record that is kept by key: its offset u48 and its timestamp f64. */
export const KEYED_VALUE = 14;
export const OFFSET_BYTES = 6;

/** The caller sets its offset. */
export function keyedValue(value: Uint8Array, timestamp: number): Buffer {
  const stored = Buffer.allocUnsafe(KEYED_VALUE + value.length);
  stored.writeDoubleBE(timestamp, OFFSET_BYTES);
  stored.set(value, KEYED_VALUE);
  return stored;
}

export const keyedOffset = (stored: Buffer): number => stored.readUIntBE(0, OFFSET_BYTES);
export const setKeyedOffset = (stored: Buffer, offset: number): number => stored.writeUIntBE(offset, 0, OFFSET_BYTES);

export function keyedRecord(key: Uint8Array, stored: Buffer): LogRecord {
  const timestamp = stored.readDoubleBE(OFFSET_BYTES);
  return { offset: keyedOffset(stored), timestamp, key, value: stored.subarray(KEYED_VALUE), headers: noHeaders };
}

function writeBytes(out: Buffer, at: number, bytes: Uint8Array | null): number {
  if (bytes === null) return out.writeUInt32BE(NONE, at);
  out.writeUInt32BE(bytes.length, at);
  out.set(bytes, at + 4);
  return at + 4 + bytes.length;
}

function readBytes(from: Buffer, at: number): Uint8Array | null {
  const length = from.readUInt32BE(at);
  return length === NONE ? null : from.subarray(at + 4, at + 4 + length);
}
