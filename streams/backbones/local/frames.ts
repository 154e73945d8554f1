import { deserialize, serialize } from "node:v8";
import { StreamsError } from "../../errors.ts";

export const MAX_FRAME_BYTES = 64 * 1024 * 1024;
const HEADER_BYTES = 4;

/**
 * A frame: the length of the body as u32 (big endian), then the body in V8's serialization. Rejects messages that are
 * too long.
 */
export function encodeFrame(message: unknown): readonly [header: Buffer, body: Buffer] {
  const body = serialize(message);
  if (body.length > MAX_FRAME_BYTES) {
    throw new StreamsError(
      "RECORD_TOO_LARGE",
      `a local call has ${body.length} bytes; at most ${MAX_FRAME_BYTES} fit: ask for less, or send less at once`,
    );
  }
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt32BE(body.length);
  return [header, body];
}

/** Puts frames together again, however the stream was cut. Byte arrays in a message are views of its frame. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #size = 0;
  #length: number | undefined;

  /** The messages that end in this chunk. Throws for a bad frame; then nothing more of the stream can be read. */
  *push(chunk: Buffer): Generator<unknown> {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    for (;;) {
      if (this.#length === undefined) {
        if (this.#size < HEADER_BYTES) return;
        this.#length = this.#take(HEADER_BYTES).readUInt32BE();
        if (this.#length > MAX_FRAME_BYTES)
          throw new StreamsError("UNDECODABLE", `a frame of ${this.#length} bytes is too long`);
      }
      if (this.#size < this.#length) return;
      const body = this.#take(this.#length);
      this.#length = undefined;
      yield deserialize(body);
    }
  }

  #take(count: number): Buffer {
    const joined = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks, this.#size);
    const rest = joined.subarray(count);
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#size = rest.length;
    return joined.subarray(0, count);
  }
}
