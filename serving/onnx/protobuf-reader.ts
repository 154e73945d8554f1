import { DomainError } from "../../schemas/index.ts";

const decoder = new TextDecoder();

/** One field of a protobuf message: a whole number for varints, the raw bytes for everything else. */
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
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[offset++];
      if (byte === undefined)
        throw new DomainError("BAD_MODEL", `protobuf message ends within a number at byte ${offset - 1}`);
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      // Ten groups of seven bits hold any 64-bit number.
      if (scale >= 128 ** 9)
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

  #bytes(field: number): Uint8Array[] {
    return (this.#fields.get(field) ?? []).filter((value) => typeof value !== "number");
  }

  messages(field: number): Message[] {
    return this.#bytes(field).map((bytes) => Message.of(bytes));
  }

  message(field: number): Message {
    return this.messages(field)[0] ?? new Message();
  }

  texts(field: number): string[] {
    return this.#bytes(field).map((bytes) => decoder.decode(bytes));
  }

  text(field: number): string {
    return this.texts(field).at(-1) ?? "";
  }

  /** Values one by one, or packed. */
  integers(field: number): number[] {
    return (this.#fields.get(field) ?? []).flatMap((value) => (typeof value === "number" ? [value] : varints(value)));
  }

  floats(field: number): number[] {
    return this.#bytes(field).flatMap((bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      return Array.from({ length: bytes.length >> 2 }, (_, at) => view.getFloat32(at * 4, true));
    });
  }
}

function varints(bytes: Uint8Array): number[] {
  const values: number[] = [];
  let value = 0;
  let scale = 1;
  for (const byte of bytes) {
    value += (byte & 127) * scale;
    scale *= 128;
    if (byte >= 128) continue;
    values.push(value);
    value = 0;
    scale = 1;
  }
  return values;
}
