/** Signed integers as Kafka's records hold them: zigzag, seven bits a byte. Exact up to 2^52. */

export function varintSize(value: number): number {
  let rest = zigzag(value);
  let size = 1;
  while (rest >= 128) {
    rest = Math.floor(rest / 128);
    size++;
  }
  return size;
}

/** Returns the position behind the written bytes. */
export function writeVarint(into: Uint8Array, at: number, value: number): number {
  let rest = zigzag(value);
  while (rest > 0x7fffffff) {
    into[at++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  while (rest >= 128) {
    into[at++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  into[at++] = rest;
  return at;
}

/** Reads on from `at`, which it moves. */
export class VarintReader {
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  /** Past the end there are zeros. */
  next(): number {
    const first = this.bytes[this.at++]!;
    if (first < 128) return (first >>> 1) ^ -(first & 1);
    let value = first & 127;
    for (let scale = 128; ; scale *= 128) {
      const byte = this.bytes[this.at++]!;
      value += (byte & 127) * scale;
      if (!(byte >= 128)) break;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

/** Numbers up to it are exact, and so are they as zigzag. */
export const EXACT = 2 ** 51;

/** The base and the number at `at`, added as 64 bits with a sign: exact where `VarintReader` is not. */
export function exactSum(base: bigint, bytes: Uint8Array, at: number): number {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = bytes[at++] ?? 0;
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) break;
  }
  return Number(BigInt.asIntN(64, base + ((value >> 1n) ^ -(value & 1n))));
}

function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1;
}
