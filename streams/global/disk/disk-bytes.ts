import { brokenPromise } from "../../errors.ts";
import type { Change, StateDatabase } from "../../state/engine.ts";
import type { BytesPlace, DiskParts } from "../../global-source.ts";

/** Behind every key that begins with the text before it. */
export const LAST = "\u{10ffff}";
/** Keys that are looked at together for old ones. */
const PAGE = 1_000;
/** Values that are kept for work that reads them, at most. */
const LOADED = 20_000;

/**
 * The bytes of a fold that are on disk alone, by key, with the changes since the last write. Reads see the changes
 * first.
 */
export class DiskBytes {
  readonly #database: StateDatabase;
  readonly #prefix: string;
  #changed = new Map<string, Uint8Array | null>();
  /** Changes that are being written. */
  #writing: ReadonlyMap<string, Uint8Array | null> | undefined;
  /** Keys that were asked for and could not be read at once. */
  readonly #missed = new Set<string>();
  readonly #loaded = new Map<string, Uint8Array | undefined>();
  /** Counts the writes: a value that was read meanwhile may be the one from before. */
  #writes = 0;

  /** @param prefix of the fold's keys in the database. */
  constructor(database: StateDatabase, prefix: string) {
    this.#database = database;
    this.#prefix = prefix;
  }

  /** The engine reads in the background only: read within `look`. */
  get readsBehind(): boolean {
    return this.#database.get === undefined;
  }

  get(key: string): Uint8Array | undefined {
    const changed = this.#changed.get(key);
    if (changed !== undefined) return changed ?? undefined;
    const writing = this.#writing?.get(key);
    if (writing !== undefined) return writing ?? undefined;
    if (this.#database.get !== undefined) return this.#database.get(this.#prefix + key);
    const loaded = this.#loaded.get(key);
    if (loaded === undefined && !this.#loaded.has(key)) this.#missed.add(key);
    return loaded;
  }

  set(key: string, value: Uint8Array | null): void {
    this.#changed.set(key, value);
  }

  look<T>(work: () => T): T | Promise<T> {
    try {
      const result = work();
      if (this.#missed.size === 0) return result;
    } catch (error) {
      if (this.#missed.size === 0) throw error;
    }
    const missed = [...this.#missed];
    this.#missed.clear();
    return this.#load(missed).then(() => this.look(work));
  }

  async #load(keys: readonly string[]): Promise<void> {
    if (this.#loaded.size > LOADED) this.#loaded.clear();
    for (;;) {
      const writes = this.#writes;
      const values = await this.#database.getMany(keys.map((key) => this.#prefix + key));
      if (writes !== this.#writes) continue;
      for (const [at, key] of keys.entries()) this.#loaded.set(key, values[at]);
      return;
    }
  }

  /** Changes since the last call. Call `written` once they are stored. */
  takeChanges(): readonly Change[] {
    const [missed] = this.#missed;
    if (missed !== undefined) throw brokenPromise(`${missed} of a fold was read before it could be`);
    this.#writing = this.#changed;
    this.#changed = new Map();
    return [...this.#writing].map(([key, value]): Change => [this.#prefix + key, value]);
  }

  written(): void {
    this.#writing = undefined;
    this.#writes++;
    this.#loaded.clear();
  }

  /** Forgets the changes of keys; those in the database stay. */
  forgetChanges(isMeant: (key: string) => boolean): void {
    for (const key of this.#changed.keys()) if (isMeant(key)) this.#changed.delete(key);
  }

  /**
   * Keys of a part whose number is over. Only these are read, and the first key of each other number.
   * @returns `PAGE` of them at most; fewer: these are all.
   */
  async oldest(
    part: string,
    { prefixOf, runOf }: DiskParts,
    placeOf: (key: string) => BytesPlace,
    isOver: (part: string, number: number) => boolean,
  ): Promise<{ readonly keys: readonly string[]; readonly areAll: boolean }> {
    const keys: string[] = [];
    let from = this.#prefix + prefixOf(part);
    const end = from + LAST;
    while (keys.length < PAGE) {
      const page = await this.#database.range(from, end, PAGE - keys.length);
      if (page.length === 0) return { keys, areAll: true };
      for (const [full, value] of page) {
        const key = full.slice(this.#prefix.length);
        const over = isOver(part, placeOf(key).number);
        from = over ? `${full}\0` : this.#prefix + runOf(key) + LAST;
        if (!over) break;
        if (this.#changed.get(key) === null) continue;
        keys.push(key);
        if (this.readsBehind) this.#loaded.set(key, value);
      }
    }
    return { keys, areAll: false };
  }

  /** Keys with their bytes, in the order of the keys, as they are stored. @param prefix the beginning of all of them */
  async *entries(prefix: string): AsyncGenerator<readonly [key: string, value: Uint8Array]> {
    let from = this.#prefix + prefix;
    const end = from + LAST;
    for (;;) {
      const page = await this.#database.range(from, end, PAGE);
      for (const [full, value] of page) yield [full.slice(this.#prefix.length), value];
      if (page.length === 0) return;
      from = `${page.at(-1)![0]}\0`;
    }
  }

  async deleteAll(prefix: string): Promise<void> {
    await this.#database.deleteRange(this.#prefix + prefix, this.#prefix + prefix + LAST);
  }
}
