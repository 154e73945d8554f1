import { rm } from "node:fs/promises";
import { join } from "node:path";
import { StreamsError } from "../errors.ts";
import { reasonOf } from "../outage.ts";
import { privateFolder } from "../private-files.ts";
import type { Change, StateDatabase, StateEngine } from "./engine.ts";
import { loadRocks, type Rocks } from "./rocks-native.ts";

/** Items an iterator brings at once from the background. */
const RANGE_ITEMS = 1_024;

/**
 * State in RocksDB, one database a name below `dir`, in folders of its own: LevelDB's of the same name are left alone.
 * Needs the optional package `rocksdb-native`; `open` says so if it is missing.
 */
export function createRocksEngine(dir: string): StateEngine {
  const pathOf = (name: string): string => join(dir, `${name}.rocksdb`);
  return {
    async open(name) {
      const RocksDB = await loadRocks();
      const path = pathOf(name);
      await privateFolder(dir);
      await privateFolder(path);
      const rocks = new RocksDB(path);
      try {
        await rocks.ready();
      } catch (error) {
        throw /\bLOCK\b|lock hold/.test(String(error))
          ? new StreamsError("BACKBONE_LOCKED", `${path} is open in another process: stop that one first`, error)
          : new StreamsError("STATE_CORRUPT", `${path} can't be opened; it is restored from its changelog`, error);
      }
      return new RocksDatabase(rocks);
    },
    destroy: (name) => rm(pathOf(name), { recursive: true, force: true }),
  };
}

/** No `get`: everything runs beside the main thread. */
class RocksDatabase implements StateDatabase {
  readonly #rocks: Rocks;

  constructor(rocks: Rocks) {
    this.#rocks = rocks;
  }

  async getMany(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
    if (keys.length === 0) return [];
    const batch = this.#rocks.read({ capacity: keys.length, autoDestroy: true });
    const values = Promise.all(keys.map((key) => batch.get(key)));
    batch.tryFlush();
    return (await values).map((value) => value ?? undefined);
  }

  async write(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    const batch = this.#rocks.write({ capacity: changes.length, autoDestroy: true });
    for (const [key, value] of changes) {
      if (value === null) batch.tryDelete(key);
      else batch.tryPut(key, value);
    }
    try {
      await batch.flush();
    } catch (error) {
      throw new StreamsError(
        "STATE_UNAVAILABLE",
        `state can't be written: ${reasonOf(error)}; it is tried again`,
        error,
      );
    }
  }

  async range(from: string, to: string, limit = -1): Promise<readonly (readonly [string, Uint8Array])[]> {
    // An empty bound means none to RocksDB's binding.
    if (to === "" || limit === 0) return [];
    const snapshot = this.#rocks.snapshot();
    try {
      const found: (readonly [string, Uint8Array])[] = [];
      const capacity = limit < 0 ? RANGE_ITEMS : Math.min(limit, RANGE_ITEMS);
      for await (const { key, value } of snapshot.iterator({ gte: from, lt: to, limit }, { capacity })) {
        found.push([key.toString(), value]);
      }
      return found;
    } finally {
      await snapshot.close();
    }
  }

  async deleteRange(from: string, to: string): Promise<void> {
    await this.#rocks.deleteRange(from, to);
  }

  async close(): Promise<void> {
    await this.#rocks.close();
  }
}
