import type { KeyedTable } from "../backbone/backbone.ts";

/** A write: `null` deletes. */
export type Change = readonly [key: string, value: Uint8Array | null];

/**
 * The port of state engines. Keys are strings ordered by their UTF-8 bytes. One conformance suite tests every engine
 * (`test/streams/state/engine-conformance.ts`).
 */
export interface StateDatabase {
  /**
   * Absent if the engine can only read in the background: a task then loads the keys of its operators' `reads`, a batch
   * at a time.
   */
  get?(key: string): Uint8Array | undefined;
  getMany(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]>;
  /**
   * A batch of so many records has its keys read by `getMany` before its handler runs, although `get` could read them
   * within it. Absent: never, since `get` costs less.
   */
  readonly togetherFrom?: number;
  /** All of it or nothing, also under kill -9. */
  write(changes: readonly Change[]): Promise<void>;
  /** Ascending, `from` inclusive, `to` exclusive, as of the call. */
  range(from: string, to: string, limit?: number): Promise<readonly (readonly [string, Uint8Array])[]>;
  deleteRange(from: string, to: string): Promise<void>;
  close(): Promise<void>;
}

export interface StateEngine {
  /**
   * State that is a partition of the log itself, read by key: commits store everything there, and `write` only reports
   * it afterwards. Absent: the engine keeps state in its own databases, on every log.
   */
  over?(table: KeyedTable): StateDatabase;
  /** Rejects with `STATE_CORRUPT` if the stored files can't be opened; the caller then destroys and restores. */
  open(name: string): Promise<StateDatabase>;
  destroy(name: string): Promise<void>;
}

/** The order of the strings' UTF-8 bytes, which JavaScript's own order is not beyond the basic plane. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const [one, other] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (one !== other) return rank(one) - rank(other);
  }
  return a.length - b.length;
}

/** Half of a surrogate pair stands for a character behind all of the basic plane. */
const rank = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit);
