/**
 * MurmurHash3 x86 32 bit of a text's UTF-8 bytes with seed 0, as a signed number; the hash of scikit-learn's
 * `FeatureHasher`. After A. Appleby, https://github.com/aappleby/smhasher (MurmurHash3.cpp).
 */
export function murmur3(text: string): number {
  const bytes = Buffer.from(text);
  const { length } = bytes;
  const blocks = length - (length % 4);
  let hash = 0;
  for (let at = 0; at < blocks; at += 4) {
    hash ^= mixed(bytes.readInt32LE(at));
    hash = Math.imul(rotated(hash, 13), 5) + 0xe6546b64;
  }
  let tail = 0;
  for (let at = length - 1; at >= blocks; at--) tail = (tail << 8) | bytes[at]!;
  if (blocks < length) hash ^= mixed(tail);
  hash ^= length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}

const rotated = (bits: number, by: number): number => (bits << by) | (bits >>> (32 - by));
const mixed = (block: number): number => Math.imul(rotated(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);
