import { compareKeys, type Change, type StateDatabase } from "./engine.ts";

/** Longest wait of a write, ms. */
const STORE_EVERY_MS = 1_000;
/** Bytes of keys and values that are stored at once, without further waiting. */
const STORE_FROM_BYTES = 256 << 10;
/** Most bytes that wait during a store; beyond it writes wait too. */
const MOST_BYTES = 1 << 20;

type Content = ReadonlyMap<string, Uint8Array | null>;

/**
 * Writes to a database in the background: several calls of `write` at once, and each key once. Reads see all writes.
 * The database holds the result of whole calls of `write`, never a part of one: a checkpoint among the changes
 * describes it. After kill -9 it may be a second behind.
 */
export class WriteBehind implements StateDatabase {
  readonly get?: (key: string) => Uint8Array | undefined;
  readonly #database: StateDatabase;
  #waiting = new Map<string, Uint8Array | null>();
  #waitingBytes = 0;
  #storing: Content | undefined;
  #underWay: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(database: StateDatabase) {
    this.#database = database;
    if (database.get === undefined) return;
    this.get = (key) => {
      const unstored = this.#unstored(key);
      return unstored === undefined ? database.get!(key) : (unstored ?? undefined);
    };
  }

  #unstored(key: string): Uint8Array | null | undefined {
    const waiting = this.#waiting.get(key);
    return waiting === undefined ? this.#storing?.get(key) : waiting;
  }

  async getMany(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
    const unstored = keys.map((key) => this.#unstored(key));
    const asked = keys.filter((_, at) => unstored[at] === undefined);
    const stored = (await this.#database.getMany(asked)).values();
    return unstored.map((value) => (value === undefined ? stored.next().value : (value ?? undefined)));
  }

  /** Rejects with the error of an earlier write: the database then stays as it was. */
  async write(changes: readonly Change[]): Promise<void> {
    this.#check();
    for (const [key, value] of changes) {
      const before = this.#waiting.get(key);
      this.#waiting.set(key, value);
      this.#waitingBytes += (value?.length ?? 0) - (before?.length ?? 0) + (before === undefined ? key.length : 0);
    }
    this.#schedule();
    if (this.#waitingBytes < MOST_BYTES) return;
    await this.#underWay;
    this.#check();
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #schedule(): void {
    if (this.#underWay !== undefined || this.#waiting.size === 0 || this.#failure !== undefined) return;
    if (this.#waitingBytes >= STORE_FROM_BYTES) this.#store();
    else this.#timer ??= setTimeout(() => this.#store(), STORE_EVERY_MS).unref();
  }

  #store(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#storing = this.#waiting;
    this.#waiting = new Map();
    this.#waitingBytes = 0;
    this.#underWay = this.#database
      .write([...this.#storing])
      .then(
        () => {
          this.#storing = undefined;
        },
        (error: unknown) => {
          this.#failure = { error };
        },
      )
      .finally(() => {
        this.#underWay = undefined;
        this.#schedule();
      });
  }

  async range(from: string, to: string, limit = -1): Promise<readonly (readonly [string, Uint8Array])[]> {
    const within = (content: Content | undefined): (readonly [string, Uint8Array | null])[] =>
      [...(content ?? [])].filter(([key]) => compareKeys(key, from) >= 0 && compareKeys(key, to) < 0);
    const unstored = new Map([...within(this.#storing), ...within(this.#waiting)]);
    if (unstored.size === 0) return this.#database.range(from, to, limit);
    const stored = await this.#database.range(from, to, limit < 0 ? limit : limit + unstored.size);
    const merged = new Map<string, Uint8Array | null>([...stored, ...unstored]);
    const found = [...merged].filter((entry): entry is [string, Uint8Array] => entry[1] !== null);
    found.sort(([a], [b]) => compareKeys(a, b));
    return limit < 0 ? found : found.slice(0, limit);
  }

  async deleteRange(from: string, to: string): Promise<void> {
    await this.#drain();
    await this.#database.deleteRange(from, to);
  }

  async #drain(): Promise<void> {
    while (this.#underWay !== undefined || (this.#waiting.size > 0 && this.#failure === undefined)) {
      if (this.#underWay === undefined) this.#store();
      await this.#underWay;
    }
    this.#check();
  }

  /** Stores everything first. */
  async close(): Promise<void> {
    try {
      await this.#drain();
    } finally {
      await this.#database.close();
    }
  }
}
