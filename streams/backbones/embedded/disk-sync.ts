import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { writeChained } from "../../leveldb/write-chained.ts";
import type { LogDatabase, Operation } from "./write-queue.ts";

/**
 * When a write is on the disk, and so survives a power cut: before it is acknowledged, a moment later, or when the
 * system sees fit.
 */
export type SyncMode = "each" | "interval" | "none";

export const syncModes: readonly SyncMode[] = ["each", "interval", "none"];

/** With `interval`, acknowledged writes of so many ms may be lost. */
export const SYNC_INTERVAL_MS = 100;

export interface DiskSyncOptions {
  readonly database: LogDatabase;
  /** The database's folder. */
  readonly path: string;
  readonly mode: SyncMode;
  /** The disk refused: writes since the last sync may be lost. */
  readonly failed: (error: unknown) => void;
}

/** Writes, and syncs to the disk as the mode says. */
export class DiskSync {
  readonly #options: DiskSyncOptions;
  #dirty = false;
  #timer: NodeJS.Timeout | undefined;
  #syncing: Promise<void> | undefined;

  constructor(options: DiskSyncOptions) {
    this.#options = options;
  }

  async write(operations: readonly Operation[], durable: boolean): Promise<void> {
    const { database, mode } = this.#options;
    const sync = durable || mode === "each";
    await writeChained(database, operations, sync ? { sync } : {});
    if (mode === "each") return;
    this.#dirty = true;
    if (mode === "interval") this.#schedule();
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#syncing !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#syncing = this.sync()
        .catch((error: unknown) => this.#options.failed(error))
        .finally(() => {
          this.#syncing = undefined;
          if (this.#dirty) this.#schedule();
        });
    }, SYNC_INTERVAL_MS);
  }

  /** Resolves once the disk has all that was written before the call. Tables have been synced by LevelDB, so only its logs are left. */
  async sync(): Promise<void> {
    if (!this.#dirty) return;
    this.#dirty = false;
    try {
      const files = (await readdir(this.#options.path)).filter((name) => name.endsWith(".log"));
      for (const name of files) await syncFile(join(this.#options.path, name));
    } catch (error) {
      this.#dirty = true;
      throw error;
    }
  }

  /** The database was closed and opened: LevelDB has made tables of all it found. */
  forget(): void {
    this.#dirty = false;
  }

  /** Syncs the rest. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#syncing;
    clearTimeout(this.#timer);
    await this.sync();
  }
}

async function syncFile(path: string): Promise<void> {
  try {
    const file = await open(path, "r+");
    try {
      await file.datasync();
    } finally {
      await file.close();
    }
  } catch (error) {
    // It has become a table meanwhile.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
