/** The most bytes kept for the next batches. */
const mostBytes = 4 << 20;
/** Smaller ones are soon made. */
const leastBytes = 16 << 10;

/**
 * Buffers that batches were written into, for the batches to come: made anew each time, they are memory beside V8's heap that only its collector gives
 * back, and they grow by being copied.
 */
export class BatchBuffers {
  readonly #free: Buffer[] = [];
  #bytes = 0;

  take(): Buffer | undefined {
    const buffer = this.#free.pop();
    this.#bytes -= buffer?.length ?? 0;
    return buffer;
  }

  /** Nobody may look at it any more. */
  give(buffer: Buffer): void {
    if (buffer.length < leastBytes || this.#bytes + buffer.length > mostBytes) return;
    this.#free.push(buffer);
    this.#bytes += buffer.length;
  }
}
