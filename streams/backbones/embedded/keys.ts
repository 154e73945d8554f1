/** The layout of the log's key space. Every number is big-endian, so that LevelDB's order is the offsets' order. */

/** `r` topic u16, partition u16, offset u48 → record. */
export function recordKey(topicId: number, partition: number, offset: number): Buffer {
  const key = Buffer.allocUnsafe(11);
  key[0] = 0x72;
  key.writeUInt16BE(topicId, 1);
  key.writeUInt16BE(partition, 3);
  key.writeUIntBE(offset, 5, 6);
  return key;
}

export function offsetOf(key: Buffer): number {
  return key.readUIntBE(5, 6);
}

/**
 * `k` topic u16, partition u16, record key → newest offset u48: the record that compaction removes when the key is
 * written again.
 */
export function compactionKey(topicId: number, partition: number, key: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(5 + key.length);
  out[0] = 0x6b;
  out.writeUInt16BE(topicId, 1);
  out.writeUInt16BE(partition, 3);
  out.set(key, 5);
  return out;
}

/** `v` topic u16, partition u16, record key → its newest record, of a partition that is kept by key: see `keyed-content.ts`. */
export function keyedKey(topicId: number, partition: number, key: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(KEYED_HEAD + key.length);
  keyedHead(out, topicId, partition);
  out.set(key, KEYED_HEAD);
  return out;
}

/** The same of a key as text. */
export function keyedText(topicId: number, partition: number, key: string): Buffer {
  const out = Buffer.allocUnsafe(KEYED_HEAD + Buffer.byteLength(key));
  keyedHead(out, topicId, partition);
  out.write(key, KEYED_HEAD);
  return out;
}

/** Before the record's key. */
export const KEYED_HEAD = 5;

function keyedHead(out: Buffer, topicId: number, partition: number): void {
  out[0] = 0x76;
  out.writeUInt16BE(topicId, 1);
  out.writeUInt16BE(partition, 3);
}

/** Behind all of a partition's. */
export function keyedEnd(topicId: number, partition: number): Buffer {
  return partition < 0xffff ? keyedText(topicId, partition + 1, "") : keyedText(topicId + 1, 0, "");
}

/** `m` topic u16, partition u16 → u8: the partition is kept by key; 0 while records from before are kept by offset still. */
export const keyedMark = (topicId: number, partition: number): Buffer => partitionKey(0x6d, topicId, partition);

/**
 * `w` topic u16, partition u16 → offset u48, key: the newest record of a partition that is kept by key, if it is a
 * deletion.
 */
export const keyedLast = (topicId: number, partition: number): Buffer => partitionKey(0x77, topicId, partition);

function partitionKey(prefix: number, topicId: number, partition: number): Buffer {
  const key = Buffer.allocUnsafe(5);
  key[0] = prefix;
  key.writeUInt16BE(topicId, 1);
  key.writeUInt16BE(partition, 3);
  return key;
}

/** `e` topic u16, partition u16 → end offset u48: kept because compaction may remove the last record. */
export const endKey = (topicId: number, partition: number): Buffer => partitionKey(0x65, topicId, partition);

/**
 * `b` topic u16, partition u16 → start offset u48, newest timestamp f64: the progress of retention. Absent: it has
 * removed nothing.
 */
export const startKey = (topicId: number, partition: number): Buffer => partitionKey(0x62, topicId, partition);

export function startValue(offset: number, newest: number): Buffer {
  const value = Buffer.allocUnsafe(14);
  value.writeUIntBE(offset, 0, 6);
  value.writeDoubleBE(newest, 6);
  return value;
}

export function readStart(value: Buffer): { readonly start: number; readonly newest: number } {
  return { start: value.readUIntBE(0, 6), newest: value.readDoubleBE(6) };
}

export function offsetValue(offset: number): Buffer {
  const value = Buffer.allocUnsafe(6);
  value.writeUIntBE(offset, 0, 6);
  return value;
}

/** `h` number u32 → an epoch of the log as JSON. */
export function epochKey(number: number): Buffer {
  const key = Buffer.allocUnsafe(5);
  key[0] = 0x68;
  key.writeUInt32BE(number, 1);
  return key;
}

export const epochNumberOf = (key: Buffer): number => key.readUInt32BE(1);

/** `x` topic u16: the topic was taken away, and its content is still to be deleted. */
export function removedKey(topicId: number): Buffer {
  const key = Buffer.allocUnsafe(3);
  key[0] = 0x78;
  key.writeUInt16BE(topicId, 1);
  return key;
}

export const removedIdOf = (key: Buffer): number => key.readUInt16BE(1);

/** All that is kept under the id of a topic, prefix by prefix. */
export const topicRanges = (topicId: number): readonly { readonly gte: Buffer; readonly lt: Buffer }[] =>
  [..."rkvmweb"].map((letter) => {
    const prefix = letter.charCodeAt(0);
    const of = (id: number): Buffer => Buffer.from([prefix, id >> 8, id & 0xff]);
    return { gte: of(topicId), lt: topicId < 0xffff ? of(topicId + 1) : Buffer.from([prefix + 1]) };
  });

/** `n` → u32, the next topic's id: none is given out twice, though its topic be gone. */
export const counterKey = (): Buffer => Buffer.from("n");
/** `t` name → topic as JSON. */
export const topicKey = (name: string): Buffer => Buffer.from(`t${name}`);
/** `g` group, topic, partition → committed offset as text. Group and topic names hold no NUL. */
export const groupKey = (group: string, topic: string, partition: number): Buffer =>
  Buffer.from(`g${group}\0${topic}\0${partition}`);
/** `s` subject, version → schema id as text. */
export const subjectKey = (subject: string, version: number): Buffer =>
  Buffer.from(`s${subject}\0${String(version).padStart(6, "0")}`);
/** `i` schema id → schema as JSON. */
export const schemaKey = (id: number): Buffer => Buffer.from(`i${String(id).padStart(9, "0")}`);

export const prefixRange = (prefix: string): { gte: Buffer; lt: Buffer } => {
  const gte = Buffer.from(prefix);
  const lt = Buffer.from(prefix);
  lt[lt.length - 1]! += 1;
  return { gte, lt };
};
