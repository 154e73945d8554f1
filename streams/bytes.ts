/** The bytes as a Buffer over the same memory. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The text of UTF-8 bytes; empty for none. */
export function textOf(bytes: Uint8Array | null): string {
  return bytes === null ? "" : asBuffer(bytes).toString();
}
