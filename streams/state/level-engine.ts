import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { StreamsError } from "../errors.ts";
import type { Change, StateDatabase, StateEngine } from "./engine.ts";

/** Memory of all databases of a process, for blocks that were read and for writes that are not in files yet. */
const MEMORY_BYTES = 64 << 20;
/** Below it a database writes many small files. */
const LEAST_BYTES = 1 << 20;
/** LevelDB's own: caches and buffers are not larger where few databases share the memory. */
const MOST_BYTES = 16 << 20;

export interface LevelEngineOptions {
  /** Of all databases together; each also has 1 MiB at least. Default 64 MiB. */
  readonly memoryBytes?: number;
  /** How many may be open at once, which share it alike. Default 8. */
  readonly databases?: number;
}

/**
 * State in LevelDB, one database a name below `dir`. Blocks that were read stay in memory up to half of a database's share, which fills in
 * time, whatever the state's size, since every compaction makes new blocks; the other half is for two write buffers.
 */
export function createLevelEngine(dir: string, options: LevelEngineOptions = {}): StateEngine {
  const share = (options.memoryBytes ?? MEMORY_BYTES) / (options.databases ?? 8);
  const bytes = Math.floor(Math.min(MOST_BYTES, Math.max(LEAST_BYTES, share)));
  const memory = { cacheSize: bytes / 2, writeBufferSize: bytes / 4 };
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
      return new LevelDatabase(database);
    },
    destroy: (name) => rm(join(dir, name), { recursive: true, force: true }),
  };
}

class LevelDatabase implements StateDatabase {
  readonly #level: ClassicLevel<string, Uint8Array>;

  constructor(level: ClassicLevel<string, Uint8Array>) {
    this.#level = level;
  }

  get(key: string): Uint8Array | undefined {
    return this.#level.getSync(key);
  }

  getMany(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
    return this.#level.getMany(keys as string[]);
  }

  write(changes: readonly Change[]): Promise<void> {
    return this.#level.batch(
      changes.map(([key, value]) => (value === null ? { type: "del", key } : { type: "put", key, value })),
    );
  }

  range(from: string, to: string, limit = -1): Promise<readonly (readonly [string, Uint8Array])[]> {
    return this.#level.iterator({ gte: from, lt: to, limit }).all();
  }

  deleteRange(from: string, to: string): Promise<void> {
    return this.#level.clear({ gte: from, lt: to });
  }

  close(): Promise<void> {
    return this.#level.close();
  }
}
