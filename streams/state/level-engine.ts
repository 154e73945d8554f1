import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { StreamsError } from "../errors.ts";
import type { Change, StateDatabase, StateEngine } from "./engine.ts";
import { ValueCache, type CacheArea } from "./value-cache.ts";

/** Memory of all databases of a process, for what was read and for writes that are not in files yet. */
const MEMORY_BYTES = 64 << 20;
/** Of the memory, for values that were read. */
const VALUES = 3 / 8;
/** Below it a database writes many small files. */
const LEAST_BYTES = 1 << 20;
/** Caches and buffers are not larger where few databases share the memory. */
const MOST_BYTES = 12 << 20;

export interface LevelEngineOptions {
  /** Of all databases together; each also has 1 MiB at least. Default 64 MiB. */
  readonly memoryBytes?: number;
  /** How many may be open at once, which share it alike. Default 8. */
  readonly databases?: number;
}

/**
 * State in LevelDB, one database a name below `dir`. Three eighths of the memory are for values that were read, which all databases share: a read of LevelDB costs ten times
 * as much, whether or not its block is in memory (docs/decisions/013). The rest is LevelDB's: a third of a database's share for blocks, which
 * fills in time, whatever the state's size, since every compaction makes new blocks; two thirds for two write buffers.
 */
export function createLevelEngine(dir: string, options: LevelEngineOptions = {}): StateEngine {
  const memoryBytes = options.memoryBytes ?? MEMORY_BYTES;
  const values = new ValueCache(memoryBytes * VALUES);
  const share = (memoryBytes * (1 - VALUES)) / (options.databases ?? 8);
  const bytes = Math.floor(Math.min(MOST_BYTES, Math.max(LEAST_BYTES, share)) / 3);
  const memory = { cacheSize: bytes, writeBufferSize: bytes };
  return {
    async open(name) {
      const path = join(dir, name);
      await mkdir(path, { recursive: true });
      const database = new ClassicLevel<string, Uint8Array>(path, {
        keyEncoding: "utf8",
        valueEncoding: "view",
        ...memory,
      });
      try {
        await database.open();
      } catch (error) {
        const code = error instanceof Error ? (error.cause as { code?: string } | undefined)?.code : undefined;
        throw code === "LEVEL_LOCKED"
          ? new StreamsError("BACKBONE_LOCKED", `${path} is open in another process: stop that one first`, error)
          : new StreamsError("STATE_CORRUPT", `${path} can't be opened; it is restored from its changelog`, error);
      }
      return new LevelDatabase(database, values);
    },
    destroy: (name) => rm(join(dir, name), { recursive: true, force: true }),
  };
}

class LevelDatabase implements StateDatabase {
  readonly #level: ClassicLevel<string, Uint8Array>;
  readonly #values: ValueCache;
  #known: CacheArea;
  /** Writes under way: what LevelDB answers meanwhile may be the value before or after. */
  #writing = 0;

  constructor(level: ClassicLevel<string, Uint8Array>, values: ValueCache) {
    this.#level = level;
    this.#values = values;
    this.#known = values.area();
  }

  get(key: string): Uint8Array | undefined {
    const known = this.#known.get(key);
    if (known !== undefined) return known ?? undefined;
    const value = this.#level.getSync(key);
    if (value !== undefined && this.#writing === 0) this.#known.keep(key, value);
    return value;
  }

  getMany(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
    return this.#level.getMany(keys as string[]);
  }

  async write(changes: readonly Change[]): Promise<void> {
    for (const [key, value] of changes) this.#known.change(key, value);
    await this.#changing(
      this.#level.batch(
        changes.map(([key, value]) => (value === null ? { type: "del", key } : { type: "put", key, value })),
      ),
    );
  }

  range(from: string, to: string, limit = -1): Promise<readonly (readonly [string, Uint8Array])[]> {
    return this.#level.iterator({ gte: from, lt: to, limit }).all();
  }

  async deleteRange(from: string, to: string): Promise<void> {
    this.#known = this.#values.area();
    await this.#changing(this.#level.clear({ gte: from, lt: to }));
  }

  async #changing(change: Promise<void>): Promise<void> {
    this.#writing++;
    try {
      await change;
    } catch (error) {
      this.#known = this.#values.area();
      throw error;
    } finally {
      this.#writing--;
    }
  }

  close(): Promise<void> {
    return this.#level.close();
  }
}
