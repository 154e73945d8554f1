import type { GlobalView } from "../operator.ts";
import type { Serdes } from "../serde/serdes.ts";
import type { TableSource } from "../global-source.ts";
import { CodedError } from "../coded-error.ts";

/** The newest value of each key, and the keys whose newest record can't be used. */
export class TableContent<V = unknown> implements GlobalView<V> {
  readonly #content = new Map<string, V>();
  readonly #unreadable = new Map<string, string>();
  version = 0;

  get(key: string): V | undefined {
    return this.#content.get(key);
  }

  values(): Iterable<V> {
    return this.#content.values();
  }

  get unreadable(): ReadonlyMap<string, string> {
    return this.#unreadable;
  }

  /**
   * Takes a record whose schema is known; null deletes the key. A record that can't be decoded leaves its key without a value: compaction may have
   * removed the one before it, so that one must not count either.
   * @returns why the record can't be used; `undefined`: it can.
   */
  take(source: TableSource<V>, serdes: Serdes, key: string, bytes: Uint8Array | null): unknown {
    this.version++;
    this.#unreadable.delete(key);
    let value: V | undefined;
    let problem: unknown;
    try {
      value = bytes === null ? undefined : serdes.decode(source.topic, bytes);
      if (value !== undefined) source.check?.(value);
    } catch (error) {
      problem = error;
      this.#unreadable.set(key, error instanceof CodedError ? error.message : String(error));
    }
    if (value === undefined) this.#content.delete(key);
    else this.#content.set(key, value);
    return problem;
  }
}
