import { closeSync, fdatasync, fsyncSync, ftruncate, openSync, renameSync, rmSync, write, writeSync } from "node:fs";
import { promisify } from "node:util";

const writeTo = promisify(write);
const sync = promisify(fdatasync);
const truncate = promisify(ftruncate);

/** A name and, as the last byte, the version of the format. */
export const FILE_HEAD = Buffer.from("LSSPOOL\u0001", "latin1");
const FILE_MODE = 0o600;

/** A file that grows at its end. After a failed write the next one begins at the same place. */
export class SpoolFile {
  readonly #path: string;
  #file: number;
  #end: number;

  /** @param bytes everything behind them is written over. */
  constructor(path: string, bytes: number) {
    this.#path = path;
    this.#file = openSync(path, "r+");
    this.#end = bytes;
  }

  get bytes(): number {
    return this.#end;
  }

  /** Resolves when the bytes are on the disk, or with `safe` false when the system has them. */
  async append(bytes: Buffer, safe: boolean): Promise<void> {
    try {
      await writeWhole(this.#file, bytes, this.#end);
      if (safe) await sync(this.#file);
      this.#end += bytes.length;
    } catch (error) {
      // A part of it may be there, and must not be read as a whole.
      await truncate(this.#file, this.#end).catch(() => undefined);
      throw error;
    }
  }

  /** Leaves nothing but the head. */
  async clear(): Promise<void> {
    await truncate(this.#file, FILE_HEAD.length);
    this.#end = FILE_HEAD.length;
  }

  /** Another file with these frames takes its place. If that fails, it stays as it is. */
  async replace(frames: readonly Buffer[]): Promise<void> {
    const bytes = Buffer.concat([FILE_HEAD, ...frames]);
    const draft = `${this.#path}.new`;
    const file = openSync(draft, "w+", FILE_MODE);
    try {
      await writeWhole(file, bytes, 0);
      await sync(file);
      renameSync(draft, this.#path);
    } catch (error) {
      closeSync(file);
      rmSync(draft, { force: true });
      throw error;
    }
    closeSync(this.#file);
    this.#file = file;
    this.#end = bytes.length;
  }

  close(): void {
    closeSync(this.#file);
  }
}

async function writeWhole(file: number, bytes: Buffer, position: number): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await writeTo(file, bytes, at, bytes.length - at, position + at);
    at += bytesWritten;
  }
}

/** Writes a file beside the place and then puts it there, so that the place never has a part of it. */
export function putFile(path: string, bytes: Buffer): void {
  const draft = `${path}.new`;
  try {
    const file = openSync(draft, "w", FILE_MODE);
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
