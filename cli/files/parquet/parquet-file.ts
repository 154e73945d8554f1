import { DomainError } from "../../../schemas/index.ts";
import { open, type FileHandle } from "node:fs/promises";
import {
  asyncBufferFromFile,
  parquetMetadataAsync,
  type ColumnChunk,
  type FileMetaData,
  type RowGroup,
  type SchemaTree,
} from "hyparquet";
import { columnsOf } from "./columns-of.ts";
import { rawParsers } from "./parquet-values.ts";

/** A Parquet file that is open, with its metadata. */
export interface ParquetFile {
  readonly handle: FileHandle;
  readonly metadata: FileMetaData;
  /** The columns; each is flat if it has no children. */
  readonly columns: readonly SchemaTree[];
}

/** Opens it. Close `handle` in the end. */
export async function openParquet(path: string): Promise<ParquetFile> {
  const metadata = await parquetMetadataAsync(await asyncBufferFromFile(path), { parsers: rawParsers });
  return { handle: await open(path), metadata, columns: columnsOf(metadata) };
}

/** A column of a row group by its name. Throws if the group has none, or one in another file. */
export function chunkOf(group: RowGroup, name: string): ColumnChunk & { meta_data: object } {
  const chunk = group.columns.find(({ meta_data: meta }) => meta?.path_in_schema[0] === name);
  if (chunk?.meta_data === undefined || chunk.file_path !== undefined)
    throw new DomainError("BAD_FILE", `column "${name}" lies outside of it, or is encrypted`);
  return chunk as ColumnChunk & { meta_data: object };
}

/** Where the pages of a column of a row group lie, in bytes from the beginning of the file. */
export function placeOf({ meta_data: meta }: ColumnChunk): { readonly start: number; readonly end: number } {
  const start = Number(meta!.dictionary_page_offset || meta!.data_page_offset);
  return { start, end: start + Number(meta!.total_compressed_size) };
}
