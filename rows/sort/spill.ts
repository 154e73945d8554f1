/** Room on the disk for what memory has none for. */
export interface Spill {
  /** Behind what was written before. */
  write(bytes: Uint8Array): Promise<void>;
  /** The bytes from `at` on, as many as `into` has room for, or as there are. @returns their number. */
  read(into: Uint8Array, at: number): Promise<number>;
  /** Nothing is left on the disk. */
  close(): Promise<void>;
}
