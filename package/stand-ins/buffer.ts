// The part of Node's Buffer that a decision uses.

const encoder = new TextEncoder();

export class Buffer extends Uint8Array {
  static override from(text: never): Buffer {
    return new Buffer(encoder.encode(text));
  }

  static alloc(length: number): Buffer {
    return new Buffer(length);
  }

  static byteLength(text: string): number {
    return encoder.encode(text).length;
  }

  readInt32LE(at: number): number {
    return new DataView(this.buffer, this.byteOffset).getInt32(at, true);
  }
}

export function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
