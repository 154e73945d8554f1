import type { KeyedTable } from "../backbone/backbone.ts";
import type { Change, StateDatabase } from "./engine.ts";
import type { CacheArea, ValueCache } from "./value-cache.ts";
import { brokenPromise } from "../errors.ts";

/**
 * A task's state that is a partition of the log (docs/decisions/032): a commit stores the changes, together with
 * outputs and offsets, in one atomic write. So there is no second copy that could be behind or ahead, and nothing to
 * restore. One task at a time changes it, and reads its uncommitted changes from its own buffer.
 */
export class TableState implements StateDatabase {
  /** The log reads many keys at once for less than one by one. */
  readonly togetherFrom = 64;
  readonly #table: KeyedTable;
  readonly #values: ValueCache;
  #known: CacheArea;
  #generation: number;

  constructor(table: KeyedTable, values: ValueCache) {
    this.#table = table;
    this.#values = values;
    this.#known = values.area();
    this.#generation = table.generation;
  }

  get(key: string): Uint8Array | undefined {
    if (this.#generation !== this.#table.generation) this.#forget();
    const known = this.#known.get(key);
    if (known !== undefined) return known ?? undefined;
    const value = this.#table.get(key);
    if (value !== undefined) this.#known.keep(key, value);
    return value;
  }

  #forget(): void {
    this.#known = this.#values.area();
    this.#generation = this.#table.generation;
  }

  /** Found values are not remembered: a commit may end meanwhile. */
  async getMany(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
    if (this.#generation !== this.#table.generation) this.#forget();
    const known = keys.map((key) => this.#known.get(key));
    const unknown = keys.filter((_, at) => known[at] === undefined);
    if (unknown.length === 0) return known.map((value) => value ?? undefined);
    const found = await this.#table.getMany(unknown);
    let next = 0;
    return known.map((value) => (value === undefined ? found[next++] : (value ?? undefined)));
  }

  /** Of changes that are committed: the log has them. */
  write(changes: readonly Change[]): Promise<void> {
    for (const [key, value] of changes) this.#known.change(key, value);
    return Promise.resolve();
  }

  range(from: string, to: string, limit?: number): Promise<readonly (readonly [string, Uint8Array])[]> {
    return this.#table.range(from, to, limit);
  }

  deleteRange(): Promise<void> {
    return Promise.reject(brokenPromise("values on the log are deleted by commits"));
  }

  /** The log stays open. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
