import { StreamsError } from "../../../errors.ts";

/**
 * The magic of snappy-java, which puts it before its blocks, each with its length. Kafka's Java clients write that
 * form, others one block alone.
 */
const framed = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
/** That, and two versions. */
const frameHeader = 16;
/** The longest copy: three bytes for 64. No block holds more of the other than this. */
const mostGrowth = 22;

/** Throws if the bytes are no Snappy, or more than `most` when decompressed. */
export function unsnappy(bytes: Buffer, most: number): Buffer {
  if (!bytes.subarray(0, framed.length).equals(framed)) return block(bytes, most);
  const blocks: Buffer[] = [];
  let left = most;
  for (let at = frameHeader; at < bytes.length;) {
    const end = at + 4 + (at + 4 <= bytes.length ? bytes.readUInt32BE(at) : Number.POSITIVE_INFINITY);
    if (end > bytes.length) throw new StreamsError("UNREADABLE_BATCH", "Snappy: a block is cut off");
    const plain = block(bytes.subarray(at + 4, end), left);
    blocks.push(plain);
    left -= plain.length;
    at = end;
  }
  return Buffer.concat(blocks);
}

function block(bytes: Buffer, most: number): Buffer {
  let [size, at] = [0, 0];
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[at++];
    if (byte === undefined || at > 5)
      throw new StreamsError("UNREADABLE_BATCH", "Snappy: it does not say how long it is");
    size += (byte & 127) * scale;
    if (byte < 128) break;
  }
  if (size > most)
    throw new StreamsError("UNREADABLE_BATCH", `Snappy: it says it has ${size} bytes, ${most} are taken`);
  if (size > bytes.length * mostGrowth)
    throw new StreamsError("UNREADABLE_BATCH", `Snappy: it says it has ${size} bytes, more than there can be`);
  const plain = Buffer.allocUnsafe(size);
  let to = 0;
  while (at < bytes.length) {
    const tag = bytes[at++]!;
    const kind = tag & 3;
    let length = (tag >>> 2) + 1;
    let back = 0;
    if (kind === 0 && length > 60) {
      const extra = length - 60;
      length = littleEndian(bytes, at, extra) + 1;
      at += extra;
    } else if (kind === 1) {
      length = ((tag >>> 2) & 7) + 4;
      back = ((tag >>> 5) << 8) | littleEndian(bytes, at, 1);
      at += 1;
    } else if (kind > 1) {
      const wide = kind === 2 ? 2 : 4;
      back = littleEndian(bytes, at, wide);
      at += wide;
    }
    if (to + length > size) throw new StreamsError("UNREADABLE_BATCH", "Snappy: it has more bytes than it says");
    if (kind === 0) {
      if (at + length > bytes.length) throw new StreamsError("UNREADABLE_BATCH", "Snappy: it is cut off");
      bytes.copy(plain, to, at, at + length);
      at += length;
    } else {
      copyBack(plain, to, back, length);
    }
    to += length;
  }
  if (to < size) throw new StreamsError("UNREADABLE_BATCH", "Snappy: it has fewer bytes than it says");
  return plain;
}

function littleEndian(bytes: Buffer, at: number, width: number): number {
  if (at + width > bytes.length) throw new StreamsError("UNREADABLE_BATCH", "Snappy: it is cut off");
  return bytes.readUIntLE(at, width);
}

/** Repeats the bytes written `back` bytes ago. The source and the copy may overlap. */
export function copyBack(bytes: Buffer, to: number, back: number, length: number): void {
  if (back === 0 || back > to) throw new StreamsError("UNREADABLE_BATCH", "it refers to bytes before its beginning");
  if (back >= length) bytes.copy(bytes, to, to - back, to - back + length);
  else for (let end = to + length; to < end; to++) bytes[to] = bytes[to - back]!;
}
