/** Room on the disk for data that does not fit into memory. */
export interface Spill {
  /** Appends bytes. */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * Reads bytes from `at` on, up to the length of `into` or the end.
   * @returns their number.
   */
  read(into: Uint8Array, at: number): Promise<number>;
  /** Frees the disk: nothing is left. */
  close(): Promise<void>;
}
