import { crc32 } from "node:zlib";

/** A frame: the length of its body and the CRC-32 of that, as u32 (big endian), then the body, JSON in UTF-8. */
const HEAD_BYTES = 8;
/** The largest record has less. */
const MOST_BODY_BYTES = 8 << 20;

export function frameOf(content: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(content));
  const head = Buffer.allocUnsafe(HEAD_BYTES);
  head.writeUInt32BE(body.length);
  head.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([head, body]);
}

export interface Frames {
  readonly contents: readonly unknown[];
  /** Bytes at the end that are no whole frame, as a process leaves them that is killed while it writes. */
  readonly torn: number;
  /** Bytes between frames that are none. */
  readonly damaged: number;
}

/** Reads all whole frames. Damage costs only the frames that it touches. */
export function readFrames(bytes: Buffer, start: number): Frames {
  const contents: unknown[] = [];
  let damaged = 0;
  let end = start;
  for (let at = start; at < bytes.length;) {
    const next = frameEnd(bytes, at);
    if (next === undefined) {
      at++;
      continue;
    }
    damaged += at - end;
    contents.push(JSON.parse(bytes.toString("utf8", at + HEAD_BYTES, next)));
    at = end = next;
  }
  return { contents, torn: bytes.length - end, damaged };
}

/** The end of the frame that begins there; `undefined`: none does. */
function frameEnd(bytes: Buffer, at: number): number | undefined {
  if (at + HEAD_BYTES > bytes.length) return undefined;
  const length = bytes.readUInt32BE(at);
  const end = at + HEAD_BYTES + length;
  if (length === 0 || length > MOST_BODY_BYTES || end > bytes.length) return undefined;
  return crc32(bytes.subarray(at + HEAD_BYTES, end)) === bytes.readUInt32BE(at + 4) ? end : undefined;
}
