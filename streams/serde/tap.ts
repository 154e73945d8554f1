import { StreamsError } from "../errors.ts";

/**
 * The used part of avsc's cursor over bytes. Reading or writing past the end only moves `pos`: avsc looks at it
 * afterwards.
 */
export interface Tap {
  /** Node's own way from bytes to text, which avsc uses too. */
  readonly buf: Buffer & { latin1Slice(start: number, end: number): string };
  pos: number;
  readLong(): number;
  skipLong(): void;
  writeLong(value: number): void;
  writeString(text: string): void;
  writeDouble(value: number): void;
  writeBoolean(value: boolean): void;
  /** Undefined past the end. */
  readString(): string | undefined;
}

const MOST_BYTES = 10;

/** An Avro long with all of its digits. Past the end only `pos` moves, as avsc's readers do. */
export function readExactLong(tap: Tap): bigint {
  const { buf } = tap;
  let [value, shift] = [0n, 0n];
  for (let i = 0; i < MOST_BYTES; i++, shift += 7n) {
    const byte = buf[tap.pos++];
    if (byte === undefined) return 0n;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
  }
  throw new StreamsError("UNDECODABLE", "a number of more than ten bytes");
}
