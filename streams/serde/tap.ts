/** What is used of avsc's cursor over bytes. Reading or writing past the end only moves `pos`: avsc looks at it afterwards. */
export interface Tap {
  /** Node's own way from bytes to text, which avsc uses too. */
  readonly buf: Buffer & { latin1Slice(start: number, end: number): string };
  pos: number;
  readLong(): number;
  skipLong(): void;
  writeLong(value: number): void;
  /** Undefined past the end. */
  readString(): string | undefined;
}
