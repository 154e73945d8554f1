import type { ColumnChunk, ColumnMetaData, RowGroup, SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { endingOf, sinkTo, type Ending } from "../byte-sink.ts";
import { readFully } from "./chunk-bytes.ts";
import { chunkOf, placeOf, type ParquetFile } from "./parquet-file.ts";
import { elements } from "./parquet-table.ts";

/** A Parquet file with all columns of another as they lie there, byte for byte, and more columns of numbers. */
export interface ParquetCopy extends Pick<Ending, "close" | "abort"> {
  /** A row group of the other file with the columns that are added, each a number a row. In their order; empty groups may be left out. */
  write(group: RowGroup, added: readonly Float32Array[]): Promise<void>;
}

/** Bytes that are copied at once. */
const PIECE = 1024 * 1024;

/**
 * Opens the copy. Values, types and compression of a copied column stay; its indexes and Bloom filters do not.
 *
 * @param path `-` for standard output
 * @param added names of the columns that are added
 */
export async function copyParquet(path: string, from: ParquetFile, added: readonly string[]): Promise<ParquetCopy> {
  const { handle, metadata, columns } = from;
  const sink = await sinkTo(path, false);
  const bytes = new ByteWriter();
  const parquet = new ParquetWriter({ writer: bytes, schema: schemaOf(from, added), createdBy: "loopstream" });

  const drain = (): Promise<void> => {
    const chunk = bytes.getBytes().slice();
    bytes.index = 0;
    return sink.write(chunk);
  };
  async function copy(chunk: ColumnChunk, element: SchemaElement): Promise<ColumnChunk> {
    const { start, end } = placeOf(chunk);
    const begins = bytes.offset;
    for (let at = start; at < end; at += PIECE) {
      const piece = new Uint8Array(Math.min(PIECE, end - at));
      await readFully(handle, piece, at);
      await sink.write(piece);
    }
    bytes.offset += end - start;
    return { file_offset: BigInt(begins), meta_data: moved(chunk.meta_data!, element, BigInt(begins - start)) };
  }
  return {
    async write(group, numbers) {
      const rows = Number(group.num_rows);
      await drain();
      const copied: ColumnChunk[] = [];
      for (const { element } of columns) copied.push(await copy(chunkOf(group, element.name), element));
      const columnData = added.map((name, at) => ({ name, data: numbers[at]!, encoding: "PLAIN" as const }));
      await parquet.write({ columnData, rowGroupSize: rows });
      const written = parquet.row_groups.at(-1)!;
      const size = (of: keyof ColumnMetaData): bigint =>
        copied.reduce((sum, { meta_data: meta }) => sum + (meta![of] as bigint), 0n);
      written.columns.unshift(...copied);
      written.total_byte_size += size("total_uncompressed_size");
      written.total_compressed_size = (written.total_compressed_size ?? 0n) + size("total_compressed_size");
      await drain();
    },
    ...endingOf(sink, async () => {
      await parquet.finish();
      await drain();
    }),
  };

  function schemaOf({ columns: kept }: ParquetFile, more: readonly string[]): SchemaElement[] {
    const [root] = metadata.schema;
    return [
      { ...root!, num_children: kept.length + more.length },
      ...kept.map(({ element }) => byOlderType(element)),
      ...more.map((name): SchemaElement => ({ name, repetition_type: "OPTIONAL", ...elements.double })),
    ];
  }
}

/** The library writes the width of a whole number as another kind of number than readers expect; the older form of the type says the same. */
function byOlderType(element: SchemaElement): SchemaElement {
  const { logical_type: logical, ...rest } = element;
  if (logical?.type !== "INTEGER") return element;
  const type = `${logical.isSigned ? "" : "U"}INT_${logical.bitWidth}` as NonNullable<SchemaElement["converted_type"]>;
  return { ...rest, converted_type: type };
}

function moved(meta: ColumnMetaData, element: SchemaElement, by: bigint): ColumnMetaData {
  const { statistics, dictionary_page_offset: dictionary } = meta;
  const { type, encodings, path_in_schema, codec, num_values, encoding_stats } = meta;
  const { total_uncompressed_size, total_compressed_size, data_page_offset } = meta;
  // Bounds of other types would be written from what the library has made of them, which may be less than they were.
  const bare = element.converted_type === undefined && element.logical_type === undefined;
  const bounds = bare && (type === "DOUBLE" || type === "FLOAT" || type === "INT32" || type === "INT64");
  const { null_count, max_value, min_value } = statistics ?? {};
  return {
    ...{ type, encodings, path_in_schema, codec, num_values, total_uncompressed_size, total_compressed_size },
    data_page_offset: data_page_offset + by,
    ...(dictionary ? { dictionary_page_offset: dictionary + by } : {}),
    ...(encoding_stats === undefined ? {} : { encoding_stats }),
    ...(statistics === undefined ? {} : { statistics: { null_count, ...(bounds ? { max_value, min_value } : {}) } }),
  } as ColumnMetaData;
}
