import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { StreamsError } from "../errors.ts";
import type { Change, StateDatabase, StateEngine } from "./engine.ts";

/** State in LevelDB, one database a name below `dir`. */
export function createLevelEngine(dir: string): StateEngine {
  return {
    async open(name) {
      const path = join(dir, name);
      await mkdir(path, { recursive: true });
      const database = new ClassicLevel<string, Uint8Array>(path, { keyEncoding: "utf8", valueEncoding: "view" });
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
