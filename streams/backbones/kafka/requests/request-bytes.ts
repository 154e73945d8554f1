/** A request in parts: a client that can joins them only once, with the header. */
export class RequestBytes {
  readonly parts: readonly Buffer[];
  #joined: Buffer | undefined;

  constructor(...parts: readonly Buffer[]) {
    this.parts = parts;
  }

  /** Joined. kafkajs reads it by either name, each once. */
  get buffer(): Buffer {
    return (this.#joined ??= this.parts.length === 1 ? this.parts[0]! : Buffer.concat(this.parts));
  }

  get buf(): Buffer {
    return this.buffer;
  }
}
