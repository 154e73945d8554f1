/** What a request is made of, in parts: joined only once, with the header, by a client that can. */
export class RequestBytes {
  readonly parts: readonly Buffer[];

  constructor(...parts: readonly Buffer[]) {
    this.parts = parts;
  }

  /** As kafkajs reads them, by either name. */
  get buf(): Buffer {
    return this.parts.length === 1 ? this.parts[0]! : Buffer.concat(this.parts);
  }

  get buffer(): Buffer {
    return this.buf;
  }
}
