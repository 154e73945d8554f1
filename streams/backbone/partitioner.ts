/**
 * Kafka's default partition of a key: `toPositive(murmur2(key)) % partitions`. A Java, Python or Go producer with its
 * default partitioner puts a key into the same partition; co-partitioned joins rely on that.
 */
export function partitionOf(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}

/** The same for a text as UTF-8. Texts of ASCII are hashed without being encoded. */
export function partitionOfText(key: string, partitions: number): number {
  const length = key.length;
  let seen = 0;
  let h = SEED ^ length;
  const tail = length & ~3;
  for (let at = 0; at < tail; at += 4) {
    const a = key.charCodeAt(at);
    const b = key.charCodeAt(at + 1);
    const c = key.charCodeAt(at + 2);
    const d = key.charCodeAt(at + 3);
    seen |= a | b | c | d;
    h = Math.imul(h, m) ^ mixed(a | (b << 8) | (c << 16) | (d << 24));
  }
  for (let at = tail; at < length; at++) {
    const code = key.charCodeAt(at);
    seen |= code;
    h ^= code << ((at & 3) * 8);
  }
  if (seen > 0x7f) return partitionOf(Buffer.from(key), partitions);
  if (length > tail) h = Math.imul(h, m);
  return (finished(h) & 0x7fffffff) % partitions;
}

const SEED = 0x9747b28c;
const m = 0x5bd1e995;

function mixed(block: number): number {
  const k = Math.imul(block, m);
  return Math.imul(k ^ (k >>> 24), m);
}

function finished(hash: number): number {
  const h = Math.imul(hash ^ (hash >>> 13), m);
  return h ^ (h >>> 15);
}

/** 32-bit murmur2 with Kafka's seed, as a signed integer. */
export function murmur2(data: Uint8Array): number {
  const length = data.length;
  let h = SEED ^ length;
  const blocks = length >>> 2;
  for (let i = 0; i < blocks; i++) {
    const at = i * 4;
    const block = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24);
    h = Math.imul(h, m) ^ mixed(block);
  }
  const tail = blocks * 4;
  const rest = length & 3;
  if (rest === 3) h ^= data[tail + 2]! << 16;
  if (rest >= 2) h ^= data[tail + 1]! << 8;
  if (rest >= 1) h = Math.imul(h ^ data[tail]!, m);
  return finished(h) | 0;
}
