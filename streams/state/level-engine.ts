import { rm } from "node:fs/promises";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { StreamsError } from "../errors.ts";
import { inspectClosed } from "../leveldb/inspect-closed.ts";
import { writeChained } from "../leveldb/write-chained.ts";
import type { Finding } from "../leveldb/inspect.ts";
import { reasonOf } from "../outage.ts";
import { makePrivate, privateFolder } from "../private-files.ts";
import type { Change, StateDatabase, StateEngine } from "./engine.ts";
import { TableState } from "./table-state.ts";
import { ValueCache, type CacheArea } from "./value-cache.ts";

/** Memory of all databases of a process, for values that were read and for writes that are not in files yet. */
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
 * State in LevelDB, one database a name below `dir`, or in the embedded log's own (docs/decisions/032). Three eighths of the memory are for values that were read, which all databases share: a read of LevelDB costs ten times
 * as much, whether or not its block is in memory (docs/decisions/013). The rest is LevelDB's: a third of a database's share for blocks, which
 * fills in time, whatever the state's size, since every compaction makes new blocks; two thirds for two write buffers.
 */
export function createLevelEngine(dir: string, options: LevelEngineOptions = {}): StateEngine {
  const memoryBytes = options.memoryBytes ?? MEMORY_BYTES;
  const values = new ValueCache(memoryBytes * VALUES);
  const share = (memoryBytes * (1 - VALUES)) / (options.databases ?? 8);
  const bytes = Math.floor(Math.min(MOST_BYTES, Math.max(LEAST_BYTES, share)) / 3);
  const memory = { cacheSize: bytes, writeBufferSize: bytes };
  /** Found to be corrupt while they were read: they open, and must not be. */
  const corrupt = new Set<string>();
  return {
    over: (table) => new TableState(table, values),
    async open(name) {
      const path = join(dir, name);
      if (corrupt.has(name)) throw corruptError(path);
      try {
        await privateFolder(dir);
        await privateFolder(path);
        // LevelDB would leave out what it can't read of the newest writes, and keep later ones.
        const found = await inspectClosed(path);
        if (found !== undefined && found.kind !== "sound") throw new StreamsError("STATE_CORRUPT", whatOf(found));
        // It begins to open by itself.
        const database = new ClassicLevel<string, Uint8Array>(path, {
          keyEncoding: "utf8",
          valueEncoding: "view",
          ...memory,
        });
        await database.open();
        await makePrivate(path);
        return new LevelDatabase(database, path, values, () => corrupt.add(name));
      } catch (error) {
        const code = error instanceof Error ? (error.cause as { code?: string } | undefined)?.code : undefined;
        if (code === "LEVEL_LOCKED") {
          throw new StreamsError("BACKBONE_LOCKED", `${path} is open in another process: stop that one first`, error);
        }
        throw isOfTheSystem(error) ? unavailableError(path, error) : corruptError(path, error);
      }
    },
    async destroy(name) {
      await rm(join(dir, name), { recursive: true, force: true });
      corrupt.delete(name);
    },
  };
}

const corruptError = (path: string, cause?: unknown): StreamsError =>
  new StreamsError("STATE_CORRUPT", `${path} can't be opened or read; it is made again from the log`, cause);

const unavailableError = (path: string, cause: unknown): StreamsError =>
  new StreamsError(
    "STATE_UNAVAILABLE",
    `${path} can't be opened or written: ${reasonOf(cause)}; it is tried again`,
    cause,
  );

const whatOf = (found: Finding): string => (found.kind === "damaged" ? found.what : "the newest writes have a hole");

/** Errors by which the system refuses for now: no sign that the files are bad. */
const isOfTheSystem = (error: unknown): boolean =>
  /No space left|Disk quota|Too many open files|Read-only file system|Permission denied|Cannot allocate/i.test(
    reasonOf(error),
  );

class LevelDatabase implements StateDatabase {
  readonly #level: ClassicLevel<string, Uint8Array>;
  readonly #path: string;
  readonly #values: ValueCache;
  readonly #onCorrupt: () => void;
  #known: CacheArea;
  /** Writes under way: an answer of LevelDB meanwhile may be the value before or after. */
  #writing = 0;
  /**
   * A write has failed. A part of it may be there, and LevelDB would lose later writes with it, so nothing more is
   * written.
   */
  #failure: StreamsError | undefined;

  constructor(level: ClassicLevel<string, Uint8Array>, path: string, values: ValueCache, onCorrupt: () => void) {
    this.#level = level;
    this.#path = path;
    this.#values = values;
    this.#onCorrupt = onCorrupt;
    this.#known = values.area();
  }

  get(key: string): Uint8Array | undefined {
    const known = this.#known.get(key);
    if (known !== undefined) return known ?? undefined;
    try {
      const value = this.#level.getSync(key);
      // Of a key's tiles most are not there, and are asked for again and again.
      if (this.#writing === 0) this.#known.keep(key, value ?? null);
      return value;
    } catch (error) {
      return this.#unreadable(error);
    }
  }

  async getMany(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
    return this.#level.getMany(keys as string[]).catch((error: unknown) => this.#unreadable(error));
  }

  async write(changes: readonly Change[]): Promise<void> {
    await this.#change(() => {
      for (const [key, value] of changes) this.#known.change(key, value);
      return writeChained(
        this.#level,
        changes.map(([key, value]) => (value === null ? { type: "del", key } : { type: "put", key, value })),
      );
    });
  }

  async range(from: string, to: string, limit = -1): Promise<readonly (readonly [string, Uint8Array])[]> {
    const iterator = this.#level.iterator({ gte: from, lt: to, limit });
    return iterator.all().catch((error: unknown) => this.#unreadable(error));
  }

  async deleteRange(from: string, to: string): Promise<void> {
    await this.#change(() => {
      this.#known = this.#values.area();
      return this.#level.clear({ gte: from, lt: to });
    });
  }

  #unreadable(error: unknown): never {
    const code = (error as { readonly code?: string } | undefined)?.code;
    if (code !== "LEVEL_CORRUPTION" && code !== "LEVEL_IO_ERROR") throw error;
    if (isOfTheSystem(error)) throw unavailableError(this.#path, error);
    this.#onCorrupt();
    throw corruptError(this.#path, error);
  }

  async #change(change: () => Promise<void>): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    this.#writing++;
    try {
      await change();
    } catch (error) {
      this.#known = this.#values.area();
      this.#failure ??= unavailableError(this.#path, error);
      throw this.#failure;
    } finally {
      this.#writing--;
    }
  }

  async close(): Promise<void> {
    await this.#level.close();
    await makePrivate(this.#path);
  }
}
