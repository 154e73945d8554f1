import { RequestBytes } from "./request-bytes.ts";
import type { Broker } from "../cluster/wire.ts";

export interface Api {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
  /** The version has tagged fields, and so has the header of the request and of the answer. */
  readonly tagged?: boolean;
}

/** A request that neither client library has: made of `parts`, its answer read by `decode` from behind the header. */
export async function ask<T>(
  broker: Broker,
  { tagged = false, ...api }: Api,
  parts: readonly Buffer[],
  decode: (read: Answer) => T,
): Promise<T> {
  // Both libraries write headers without tagged fields: an empty list of them is all that is missing.
  const buffer = Buffer.concat(tagged ? [noTags, ...parts] : [...parts]);
  const answer = await broker.connectionPool.send({
    request: { ...api, encode: () => Promise.resolve(new RequestBytes(buffer)) },
    response: {
      // kafkajs looks for a throttle time in the decoded answer.
      decode: async (payload) => {
        const read = new Answer(payload);
        if (tagged) read.tags();
        return { found: decode(read) };
      },
      parse: (decoded) => Promise.resolve((decoded as { found: T }).found),
    },
  });
  return answer as T;
}

export const noTags = Buffer.of(0);

export function int8(value: number): Buffer {
  return Buffer.of(value);
}

export function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
}

export function string(value: string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A length, or a number of entries, as versions with tagged fields have it: one more, seven bits a byte. */
export function compactLength(length: number): Buffer {
  const bytes: number[] = [];
  let rest = length + 1;
  for (; rest >= 128; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}

export function compactString(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([compactLength(bytes.length), bytes]);
}

/** Reads an answer from its first byte. */
export class Answer {
  readonly #payload: Buffer;
  #at = 0;

  constructor(payload: Buffer) {
    this.#payload = payload;
  }

  int8(): number {
    return this.#payload.readInt8((this.#at += 1) - 1);
  }

  int16(): number {
    return this.#payload.readInt16BE((this.#at += 2) - 2);
  }

  int32(): number {
    return this.#payload.readInt32BE((this.#at += 4) - 4);
  }

  /** Null as an empty one. */
  string(): string {
    return this.#text(this.int16());
  }

  /** Null as an empty one. */
  compactString(): string {
    return this.#text(this.compactLength());
  }

  #text(length: number): string {
    return length < 0 ? "" : this.#payload.toString("utf8", this.#at, (this.#at += length));
  }

  /** -1 for null. */
  compactLength(): number {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#payload.readUInt8(this.#at++);
      length |= (byte & 127) << shift;
      if (byte < 128) return length - 1;
    }
  }

  hex(bytes: number): string {
    return this.#payload.toString("hex", this.#at, (this.#at += bytes));
  }

  skip(bytes: number): void {
    this.#at += bytes;
  }

  /** Passes over tagged fields. */
  tags(): void {
    for (let left = this.compactLength() + 1; left > 0; left--) {
      this.compactLength();
      this.skip(this.compactLength() + 1);
    }
  }
}
