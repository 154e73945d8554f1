import { copyBack } from "./snappy.ts";
import { StreamsError } from "../../../errors.ts";

const magic = 0x184d2204;
/** Marks frames to pass over; the last four bits are free. */
const skippable = 0x184d2a50;
const firstBytes = 64 << 10;

interface Plain {
  bytes: Buffer;
  length: number;
}

/**
 * Reads LZ4 frames, as Kafka's producers write them. Throws if the bytes are no LZ4, or more than `most` when
 * decompressed.
 */
export function unlz4(bytes: Buffer, most: number): Buffer {
  const plain: Plain = { bytes: Buffer.allocUnsafe(Math.min(most, firstBytes)), length: 0 };
  let at = 0;
  do {
    const start = u32(bytes, at);
    if ((start & 0xfffffff0) >>> 0 === skippable) at += 8 + u32(bytes, at + 4);
    else if (start === magic) at = frame(bytes, at + 4, plain, most);
    else throw new StreamsError("UNREADABLE_BATCH", "LZ4: it does not begin as a frame");
    if (at > bytes.length) throw new StreamsError("UNREADABLE_BATCH", "LZ4: it is cut off");
  } while (at < bytes.length);
  return plain.bytes.subarray(0, plain.length);
}

/** @returns the position of the next frame. */
function frame(bytes: Buffer, at: number, plain: Plain, most: number): number {
  const flags = u8(bytes, at);
  if (flags >>> 6 !== 1) throw new StreamsError("UNREADABLE_BATCH", `LZ4: version ${flags >>> 6} of the frame is none`);
  const has = (bit: number): boolean => (flags & bit) !== 0;
  const largest = 1 << (8 + 2 * ((u8(bytes, at + 1) >>> 4) & 7));
  if (largest < firstBytes) throw new StreamsError("UNREADABLE_BATCH", "LZ4: its blocks are of no size that there is");
  if (has(0x01)) throw new StreamsError("UNREADABLE_BATCH", "LZ4: it needs a dictionary");
  at += 2 + (has(0x08) ? 8 : 0) + 1;
  const first = has(0x20) ? undefined : plain.length;
  for (;;) {
    const word = u32(bytes, at);
    at += 4;
    if (word === 0) break;
    const end = at + (word & 0x7fffffff);
    if (end > bytes.length) throw new StreamsError("UNREADABLE_BATCH", "LZ4: a block is cut off");
    const before = plain.length;
    if (word >>> 31 === 1) append(plain, bytes, at, end, most);
    else block(bytes, at, end, plain, first ?? before, most);
    if (plain.length - before > largest)
      throw new StreamsError("UNREADABLE_BATCH", "LZ4: a block is larger than it may be");
    at = end + (has(0x10) ? 4 : 0);
  }
  return at + (has(0x04) ? 4 : 0);
}

/** @param first the earliest position that the block may refer back to. */
function block(bytes: Buffer, at: number, end: number, plain: Plain, first: number, most: number): void {
  while (at < end) {
    const token = bytes[at++]!;
    let literals = token >>> 4;
    if (literals === 15) [literals, at] = longer(literals, bytes, at, end);
    if (at + literals > end) throw new StreamsError("UNREADABLE_BATCH", "LZ4: it is cut off");
    append(plain, bytes, at, at + literals, most);
    at += literals;
    // The last sequence has no copy.
    if (at === end) return;
    if (at + 2 > end) throw new StreamsError("UNREADABLE_BATCH", "LZ4: it is cut off");
    const back = bytes[at]! | (bytes[at + 1]! << 8);
    at += 2;
    let length = token & 15;
    if (length === 15) [length, at] = longer(length, bytes, at, end);
    length += 4;
    if (back > plain.length - first)
      throw new StreamsError("UNREADABLE_BATCH", "LZ4: it refers to bytes before its beginning");
    makeRoom(plain, length, most);
    copyBack(plain.bytes, plain.length, back, length);
    plain.length += length;
  }
}

function longer(length: number, bytes: Buffer, at: number, end: number): [number, number] {
  for (;;) {
    if (at >= end) throw new StreamsError("UNREADABLE_BATCH", "LZ4: it is cut off");
    const byte = bytes[at++]!;
    length += byte;
    if (byte < 255) return [length, at];
  }
}

function append(plain: Plain, bytes: Buffer, from: number, to: number, most: number): void {
  makeRoom(plain, to - from, most);
  bytes.copy(plain.bytes, plain.length, from, to);
  plain.length += to - from;
}

function makeRoom(plain: Plain, more: number, most: number): void {
  const needed = plain.length + more;
  if (needed <= plain.bytes.length) return;
  if (needed > most)
    throw new StreamsError("UNREADABLE_BATCH", `LZ4: it has more than the ${most} bytes that are taken`);
  const larger = Buffer.allocUnsafe(Math.min(most, Math.max(needed, 2 * plain.bytes.length)));
  plain.bytes.copy(larger, 0, 0, plain.length);
  plain.bytes = larger;
}

function u8(bytes: Buffer, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw new StreamsError("UNREADABLE_BATCH", "LZ4: it is cut off");
  return byte;
}

function u32(bytes: Buffer, at: number): number {
  if (at + 4 > bytes.length) throw new StreamsError("UNREADABLE_BATCH", "LZ4: it is cut off");
  return bytes.readUInt32LE(at);
}
