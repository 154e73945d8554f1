import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { removeFile, UNFINISHED } from "./chunk-files.ts";

/** Rows that were read within this time are not given up for others, ms: two use cases would take the place of each other every night. */
const IN_USE_MS = 48 * 3_600_000;
/** A file that has not been finished for so long never is, ms. */
const UNFINISHED_MS = 3_600_000;
/** What other processes have written is counted again after so many bytes. */
const COUNT_AGAIN_BYTES = 64 << 20;

interface Shelf {
  bytes: number;
  /** When it was last read or written, ms. */
  usedAt: number;
}

/** The bytes that all kept rows below a folder may take together. */
export class Room {
  readonly #folder: string;
  readonly #own: string;
  readonly #most: number;
  #bytes = 0;
  #taken = Number.POSITIVE_INFINITY;

  /** @param own the folder that is not given up */
  constructor(folder: string, own: string, most: number) {
    this.#folder = folder;
    this.#own = own;
    this.#most = most;
  }

  /** Whether there is room for so many bytes more. Rows that nobody has read for two days make room. */
  async take(bytes: number): Promise<boolean> {
    if (this.#taken > COUNT_AGAIN_BYTES || this.#bytes + bytes > this.#most) await this.#make(bytes);
    if (this.#bytes + bytes > this.#most) return false;
    this.#bytes += bytes;
    this.#taken += bytes;
    return true;
  }

  async #make(bytes: number): Promise<void> {
    const shelves = await this.#shelves();
    this.#taken = 0;
    this.#bytes = [...shelves.values()].reduce((sum, shelf) => sum + shelf.bytes, 0);
    const unused = [...shelves]
      .filter(([folder, { usedAt }]) => folder !== this.#own && usedAt < Date.now() - IN_USE_MS)
      .sort(([, a], [, b]) => a.usedAt - b.usedAt);
    for (const [folder, shelf] of unused) {
      if (this.#bytes + bytes <= this.#most) break;
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
      this.#bytes -= shelf.bytes;
    }
  }

  /** By folder, all files below. */
  async #shelves(): Promise<ReadonlyMap<string, Shelf>> {
    const shelves = new Map<string, Shelf>();
    const entries = await readdir(this.#folder, { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const found = await stat(path).catch(() => undefined);
      if (found === undefined) continue;
      if (entry.name.endsWith(UNFINISHED) && found.mtimeMs < Date.now() - UNFINISHED_MS) {
        await removeFile(path);
        continue;
      }
      let shelf = shelves.get(entry.parentPath);
      if (shelf === undefined) {
        const usedAt = (await stat(entry.parentPath).catch(() => undefined))?.mtimeMs ?? 0;
        shelves.set(entry.parentPath, (shelf = { bytes: 0, usedAt }));
      }
      shelf.bytes += found.size;
    }
    return shelves;
  }
}
