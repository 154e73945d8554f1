import { randomUUID } from "node:crypto";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeChunk, encodeChunk, type Chunk } from "./chunk.ts";

/** A file of a chunk, as its name says. */
export interface ChunkFile {
  readonly name: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

const ENDING = ".rows";
/** Of a file that is being written. */
export const UNFINISHED = ".unfinished";

const nameOf = ({ partition, from, to }: Omit<ChunkFile, "name">): string => `${partition}-${from}-${to}${ENDING}`;

/** The chunks of a folder; none if it is missing. */
export async function chunkFiles(folder: string): Promise<readonly ChunkFile[]> {
  const names = await readdir(folder).catch(() => []);
  return names.flatMap((name) => {
    const parts = /^(\d+)-(\d+)-(\d+)\.rows$/.exec(name)?.slice(1).map(Number);
    return parts === undefined ? [] : [{ name, partition: parts[0]!, from: parts[1]!, to: parts[2]! }];
  });
}

/** `undefined`: it is gone, can't be read, is damaged, or is not what its name says. */
export async function readChunk(folder: string, file: ChunkFile): Promise<Chunk | undefined> {
  const bytes = await readFile(join(folder, file.name)).catch(() => undefined);
  const chunk = bytes && decodeChunk(bytes);
  return chunk !== undefined && nameOf(chunk) === file.name ? chunk : undefined;
}

/** Whole or not at all: readers never see a part of it. @returns its bytes */
export function chunkBytes(chunk: Chunk): Uint8Array {
  return encodeChunk(chunk);
}

export async function writeChunk(folder: string, chunk: Omit<ChunkFile, "name">, bytes: Uint8Array): Promise<void> {
  const unfinished = join(folder, `${randomUUID()}${UNFINISHED}`);
  try {
    await writeFile(unfinished, bytes, { mode: 0o600, flag: "wx" });
    await rename(unfinished, join(folder, nameOf(chunk)));
  } catch (error) {
    await removeFile(unfinished);
    throw error;
  }
}

export const removeFile = (path: string): Promise<void> => rm(path, { force: true }).catch(() => undefined);
