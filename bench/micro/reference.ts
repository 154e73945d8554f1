import type { Variant } from "../rounds.ts";

const ROUNDS = 60_000;
let sink = 0;

/**
 * The common measure: hashing, small objects, a map and floats, in plain JavaScript that never changes. A faster or
 * busier machine changes it like the rest.
 */
export const reference: Variant = {
  name: "reference loop",
  run() {
    const bytes = Buffer.alloc(64, 7);
    const seen = new Map<number, { readonly key: string; readonly values: readonly number[] }>();
    for (let round = 0; round < ROUNDS; round++) {
      let hash = 0x811c9dc5;
      bytes[round & 63] = round;
      for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
      const values = [hash / 3, hash / 5, hash / 7, hash / 11];
      seen.set(hash & 4_095, { key: `key-${hash & 1_023}`, values });
      sink += values[round & 3]! > 0 ? 1 : 0;
    }
    sink += seen.size;
  },
};
