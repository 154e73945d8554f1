import type avro from "avsc";

const SLAB_BYTES = 1 << 16;
/** With less room left a new buffer is taken at once. */
const LEAST_BYTES = 512;

/**
 * Encodes values side by side into large buffers: a buffer a value would be a block of memory to take, to clear and to
 * give back. A kept value holds a slab of 64 KiB in memory, so copy values that stay.
 */
export class Slab {
  #bytes: Buffer = Buffer.alloc(0);
  #used = 0;

  /** @param head so many bytes before the value are the caller's to write. */
  encode(type: avro.Type, value: unknown, head = 0): Buffer {
    if (this.#bytes.length - this.#used < LEAST_BYTES) this.#renew();
    const encoded = this.#write(type, value, head);
    if (encoded !== undefined) return encoded;
    this.#renew();
    return this.#write(type, value, head) ?? alone(type, value, head);
  }

  /** `undefined`: there is too little room. */
  #write(type: avro.Type, value: unknown, head: number): Buffer | undefined {
    const at = this.#used;
    const end = type.encode(value, this.#bytes, at + head);
    if (end < 0) return undefined;
    this.#used = end;
    return this.#bytes.subarray(at, end);
  }

  #renew(): void {
    this.#bytes = Buffer.allocUnsafeSlow(SLAB_BYTES);
    this.#used = 0;
  }
}

function alone(type: avro.Type, value: unknown, head: number): Buffer {
  const body = type.toBuffer(value);
  const bytes = Buffer.allocUnsafe(head + body.length);
  body.copy(bytes, head);
  return bytes;
}
