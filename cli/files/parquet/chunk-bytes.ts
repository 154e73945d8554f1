import { DomainError } from "../../../schemas/index.ts";
import type { FileHandle } from "node:fs/promises";
import type { PageHeader } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";

/** Bytes that are read at once, unless a page is longer. */
const PIECE = 256 * 1024;

/** The pages of a column of a row group, one after the other. A page of it is in memory at a time. */
export class ChunkBytes {
  readonly #handle: FileHandle;
  readonly #end: number;
  /** The place in the file behind `#held`. */
  #next: number;
  #held: Uint8Array = new Uint8Array(0);

  constructor(handle: FileHandle, { start, end }: { readonly start: number; readonly end: number }) {
    this.#handle = handle;
    this.#next = start;
    this.#end = end;
  }

  /** The next page with its header, still compressed. Throws if there is none, or the file ends in it. */
  async page(): Promise<{ readonly header: PageHeader; readonly bytes: Uint8Array }> {
    for (let size = PIECE; ; size *= 2) {
      await this.#hold(Math.min(size, this.#held.length + this.#end - this.#next));
      const { buffer, byteOffset, length } = this.#held;
      const reader = { view: new DataView(buffer, byteOffset, length), offset: 0 };
      let header: PageHeader;
      try {
        header = parquetHeader(reader);
      } catch (error) {
        if (error instanceof RangeError && this.#next < this.#end) continue;
        throw error;
      }
      const end = reader.offset + header.compressed_page_size;
      await this.#hold(end);
      const bytes = this.#held.subarray(reader.offset, end);
      this.#held = this.#held.subarray(end);
      return { header, bytes };
    }
  }

  async #hold(length: number): Promise<void> {
    const lacking = length - this.#held.length;
    if (lacking <= 0 && length > 0) return;
    const most = Math.min(Math.max(lacking, PIECE), this.#end - this.#next);
    if (most < lacking || most === 0) throw new DomainError("BAD_FILE", "a column ends before its last page");
    const held = new Uint8Array(this.#held.length + most);
    held.set(this.#held);
    await readFully(this.#handle, held.subarray(this.#held.length), this.#next);
    this.#held = held;
    this.#next += most;
  }
}

/** Fills `out` with the bytes from a place of a file on. Throws if the file ends before. */
export async function readFully(handle: FileHandle, out: Uint8Array, from: number): Promise<void> {
  for (let done = 0; done < out.length;) {
    const { bytesRead } = await handle.read(out, done, out.length - done, from + done);
    if (bytesRead === 0) throw new DomainError("BAD_FILE", "it ends in the middle of a column");
    done += bytesRead;
  }
}
