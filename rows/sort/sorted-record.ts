import type { RawRecord } from "../../streams/index.ts";

/** A record with its sort keys. */
export interface SortedRecord {
  /** ms. */
  readonly time: number;
  readonly id: string;
  readonly record: RawRecord;
}

/** Compares by time and then id, as text. */
export function compareRecords(a: SortedRecord, b: SortedRecord): number {
  return a.time !== b.time ? a.time - b.time : a.id === b.id ? 0 : a.id < b.id ? -1 : 1;
}

/** The record's length; the lengths of id, key and value; time, timestamp, offset, partition. */
const FIXED = 4 * 4 + 3 * 8 + 4;
const NO_KEY = 0xffffffff;
/** Memory of the objects of one record, bytes. */
const OBJECTS = 400;

/** Approximate memory of a record, bytes. */
export const heldBytes = ({ id, record: { key, value } }: SortedRecord): number =>
  OBJECTS + 2 * id.length + (key?.length ?? 0) + (value?.length ?? 0);

/**
 * Writes a record that has a value; headers are left out.
 * @returns the end; -1 if there is too little room.
 */
export function writeRecord({ time, id, record }: SortedRecord, into: Buffer, at: number): number {
  const idLength = Buffer.byteLength(id);
  const { key, value } = record;
  const end = at + FIXED + idLength + (key?.length ?? 0) + value!.length;
  if (end > into.length) return -1;
  into.writeUInt32LE(end - at, at);
  into.writeUInt32LE(idLength, at + 4);
  into.writeUInt32LE(key?.length ?? NO_KEY, at + 8);
  into.writeUInt32LE(value!.length, at + 12);
  into.writeDoubleLE(time, at + 16);
  into.writeDoubleLE(record.timestamp, at + 24);
  into.writeDoubleLE(record.offset, at + 32);
  into.writeUInt32LE(record.partition, at + 40);
  let next = at + FIXED;
  next += into.write(id, next);
  if (key !== null) into.set(key, next);
  into.set(value!, next + (key?.length ?? 0));
  return end;
}

/** Length in bytes of the record that begins at `at`; `undefined` if the length is not among the first `end` bytes. */
export function lengthAt(from: Buffer, at: number, end: number): number | undefined {
  return at + 4 > end ? undefined : from.readUInt32LE(at);
}

/** Reads a record. Its key and value are views of the bytes. */
export function readRecord(from: Buffer, at: number, topic: string): SortedRecord {
  const [idLength, keyLength] = [from.readUInt32LE(at + 4), from.readUInt32LE(at + 8)];
  const ofKey = at + FIXED + idLength;
  const ofValue = keyLength === NO_KEY ? ofKey : ofKey + keyLength;
  return {
    time: from.readDoubleLE(at + 16),
    id: from.toString("utf8", at + FIXED, ofKey),
    record: {
      topic,
      partition: from.readUInt32LE(at + 40),
      offset: from.readDoubleLE(at + 32),
      timestamp: from.readDoubleLE(at + 24),
      key: keyLength === NO_KEY ? null : from.subarray(ofKey, ofValue),
      value: from.subarray(ofValue, ofValue + from.readUInt32LE(at + 12)),
      headers: {},
    },
  };
}
