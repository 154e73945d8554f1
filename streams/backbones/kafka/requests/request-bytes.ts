/** What a request is made of, in parts: joined only once, with the header, by a client that can. */
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
