import { asyncBufferFromFile, parquetMetadataAsync, parquetScan, parquetSchema } from "hyparquet";
import { compressors, decompressLz4, decompressLz4Raw } from "hyparquet-compressors";
import { holdsNoValues, parquetValue, rawElement, rawParsers, type ParquetValue } from "./parquet-values.ts";
import type { TableRow, TableValue } from "../table-row.ts";

type Decompress = typeof decompressLz4;

/** A page of nulls alone has no bytes; its LZ4 block is a single zero, which the decompressors take for damage. */
const emptyToo =
  (decompress: Decompress): Decompress =>
  (input, length) =>
    length === 0 ? new Uint8Array() : decompress(input, length);
const decompressors = { ...compressors, LZ4: emptyToo(decompressLz4), LZ4_RAW: emptyToo(decompressLz4Raw) };

/**
 * Rows of a Parquet file, one row group in memory at a time, without columns whose values are no plain ones. See
 * `parquet-values.ts` for the meaning of the values.
 */
export async function* readParquet(path: string): AsyncGenerator<TableRow> {
  const file = await asyncBufferFromFile(path);
  const parsers = rawParsers;
  const written = await parquetMetadataAsync(file, { parsers });
  const metadata = { ...written, schema: written.schema.map(rawElement) };
  const fields = parquetSchema(written)
    .children.filter((column) => holdsNoValues(column) === undefined)
    .map(({ element }) => ({ column: element.name, read: parquetValue(element) }));
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    if (rowEnd === rowStart) continue;
    const columns: Column[] = [];
    // A scan keeps the columns it has read: one a row group lets them go.
    const scan = await parquetScan({ file, metadata, compressors: decompressors, parsers, rowStart, rowEnd });
    for (const { column, read } of fields)
      columns.push([column, await scan.readColumn({ column, rowStart, rowEnd }), read]);
    for (let row = rowStart; row < rowEnd; row += 1) yield rowOf(row - rowStart, row + 1, columns);
    rowStart = rowEnd;
  }
}

type Column = readonly [name: string, data: ArrayLike<unknown>, read: ParquetValue];

function rowOf(index: number, line: number, columns: readonly Column[]): TableRow {
  const values: Record<string, TableValue> = {};
  let unfit: Map<string, string> | undefined;
  for (const [name, data, read] of columns) {
    const value = read(data[index]);
    if (value === undefined) (unfit ??= new Map()).set(name, "bytes that are no text");
    else values[name] = value;
  }
  return unfit === undefined ? { line, values } : { line, values, unfit, text: textOf(index, columns) };
}

function textOf(index: number, columns: readonly Column[]): string {
  const row = Object.fromEntries(columns.map(([name, data, read]) => [name, read(data[index]) ?? data[index] ?? null]));
  return JSON.stringify(row, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
}
