import { compareKeys, type Change, type StateDatabase, type StateEngine } from "./engine.ts";

/** State that lives as long as the engine: for the test driver. */
export function createMemoryEngine(): StateEngine {
  const databases = new Map<string, Map<string, Uint8Array>>();
  return {
    open(name) {
      let content = databases.get(name);
      if (content === undefined) databases.set(name, (content = new Map()));
      return Promise.resolve(new MemoryDatabase(content));
    },
    destroy(name) {
      databases.delete(name);
      return Promise.resolve();
    },
  };
}

class MemoryDatabase implements StateDatabase {
  readonly #content: Map<string, Uint8Array>;

  constructor(content: Map<string, Uint8Array>) {
    this.#content = content;
  }

  get(key: string): Uint8Array | undefined {
    return this.#content.get(key);
  }

  getMany(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
    return Promise.resolve(keys.map((key) => this.#content.get(key)));
  }

  write(changes: readonly Change[]): Promise<void> {
    for (const [key, value] of changes) {
      if (value === null) this.#content.delete(key);
      // It may lie in a large buffer among others.
      else this.#content.set(key, Buffer.from(value));
    }
    return Promise.resolve();
  }

  range(from: string, to: string, limit = -1): Promise<readonly (readonly [string, Uint8Array])[]> {
    const found = [...this.#content]
      .filter(([key]) => compareKeys(key, from) >= 0 && compareKeys(key, to) < 0)
      .sort(([a], [b]) => compareKeys(a, b));
    return Promise.resolve(limit < 0 ? found : found.slice(0, limit));
  }

  async deleteRange(from: string, to: string): Promise<void> {
    for (const [key] of await this.range(from, to)) this.#content.delete(key);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
