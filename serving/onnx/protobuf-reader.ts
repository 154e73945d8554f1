import { DomainError } from "../../schemas/index.ts";

const decoder = new TextDecoder();

/** One field of a protobuf message: a whole number for varints (signed, of 64 bits), the raw bytes for everything else. */
export interface ProtobufField {
  readonly field: number;
  /** 0 for a number. */
  readonly wire: number;
  readonly value: number | Uint8Array;
}

/**
 * The fields of one message in the order in which they were written, without copying them.
 *
 * @throws DomainError `BAD_MODEL` when the bytes end early or are not protobuf
 */
export function* protobufFields(bytes: Uint8Array): Generator<ProtobufField> {
  let offset = 0;
  const varint = (): number => {
    const start = offset;
    for (let length = 1; ; length++) {
      const byte = bytes[offset++];
      if (byte === undefined)
        throw new DomainError("BAD_MODEL", `protobuf message ends within a number at byte ${offset - 1}`);
      if (byte < 128) return varintOf(bytes, start, length);
      if (length >= LONGEST)
        throw new DomainError("BAD_MODEL", `not protobuf: a number at byte ${offset} does not end`);
    }
  };
  const take = (length: number): Uint8Array => {
    const end = offset + length;
    if (end > bytes.length)
      throw new DomainError("BAD_MODEL", `protobuf message ends at byte ${bytes.length}, ${end} were announced`);
    const part = bytes.subarray(offset, end);
    offset = end;
    return part;
  };
  while (offset < bytes.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0:
        yield { field, wire: 0, value: varint() };
        break;
      case 1:
        yield { field, wire: 1, value: take(8) };
        break;
      case 2:
        yield { field, wire: 2, value: take(varint()) };
        break;
      case 5:
        yield { field, wire: 5, value: take(4) };
        break;
      default:
        throw new DomainError("BAD_MODEL", `not protobuf: wire type ${tag % 8} at byte ${offset}`);
    }
  }
}

/** Bytes of the longest number: ten groups of seven bits hold any of 64 bits. */
const LONGEST = 10;

/** A negative number has all ten bytes. Beyond 2^53 the last digits are lost. */
function varintOf(bytes: Uint8Array, start: number, length: number): number {
  if (length === LONGEST) {
    let value = 0n;
    for (let at = LONGEST - 1; at >= 0; at--) value = (value << 7n) | BigInt(bytes[start + at]! & 127);
    return Number(BigInt.asIntN(64, value));
  }
  let value = 0;
  for (let at = length - 1; at >= 0; at--) value = value * 128 + (bytes[start + at]! & 127);
  return value;
}

/** A protobuf message by field numbers. A missing field is empty; of a repeated single value the last one counts. */
export class Message {
  readonly #fields = new Map<number, (number | Uint8Array)[]>();

  /** @throws DomainError `BAD_MODEL` when the bytes end early or are not protobuf */
  static of(bytes: Uint8Array): Message {
    const message = new Message();
    for (const { field, value } of protobufFields(bytes)) {
      const there = message.#fields.get(field);
      if (there === undefined) message.#fields.set(field, [value]);
      else there.push(value);
    }
    return message;
  }

  /** The bytes of each value that is no number of its own. */
  bytes(field: number): Uint8Array[] {
    return (this.#fields.get(field) ?? []).filter((value) => typeof value !== "number");
  }

  messages(field: number): Message[] {
    return this.bytes(field).map((bytes) => Message.of(bytes));
  }

  message(field: number): Message {
    return this.messages(field)[0] ?? new Message();
  }

  texts(field: number): string[] {
    // A model's trees repeat a few words thousands of times.
    const known: Decoded[] = [];
    return this.bytes(field).map((bytes) => {
      const there = known[bytes.length];
      if (there !== undefined && sameBytes(there.bytes, bytes)) return there.text;
      const text = decoder.decode(bytes);
      if (bytes.length <= SHORT) known[bytes.length] = { bytes, text };
      return text;
    });
  }

  text(field: number): string {
    return this.texts(field).at(-1) ?? "";
  }

  /** Values one by one, or packed. */
  integers(field: number): number[] {
    const values: number[] = [];
    for (const value of this.#fields.get(field) ?? []) {
      if (typeof value === "number") values.push(value);
      else addVarints(value, values);
    }
    return values;
  }

  floats(field: number): number[] {
    const values: number[] = [];
    for (const bytes of this.bytes(field)) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      for (let at = 0; at + 4 <= bytes.length; at += 4) values.push(view.getFloat32(at, true));
    }
    return values;
  }
}

interface Decoded {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** Bytes of a text that may be one of many equal ones. */
const SHORT = 32;

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => {
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
};

function addVarints(bytes: Uint8Array, values: number[]): void {
  let start = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at]! >= 128) continue;
    values.push(varintOf(bytes, start, Math.min(at + 1 - start, LONGEST)));
    start = at + 1;
  }
}
