import { asyncBufferFromFile, parquetMetadataAsync, parquetScan } from "hyparquet";
import { compressors, decompressLz4, decompressLz4Raw } from "hyparquet-compressors";
import { columnsOf } from "./columns-of.ts";
import { holdsNoValues, parquetValue, rawElement, rawParsers, type ParquetValue } from "./parquet-values.ts";
import type { TableRow, TableValue } from "../table-row.ts";

type Decompress = typeof decompressLz4;

/** A page of nulls alone has no bytes; its LZ4 block is a single zero, which the decompressors take for damage. */
const emptyToo =
  (decompress: Decompress): Decompress =>
  (input, length) =>
    length === 0 ? new Uint8Array() : decompress(input, length);
export const decompressors = { ...compressors, LZ4: emptyToo(decompressLz4), LZ4_RAW: emptyToo(decompressLz4Raw) };

/** A row group: its columns whose values are plain ones, as the library reads them. */
export interface ParquetGroup {
  /** Rows before it in the file. */
  readonly rowStart: number;
  readonly rows: number;
  readonly columns: readonly Column[];
}

/**
 * Rows of a Parquet file, one row group in memory at a time, without columns whose values are no plain ones. See
 * `parquet-values.ts` for the meaning of the values.
 */
export async function* readParquet(path: string): AsyncGenerator<TableRow> {
  for await (const { rowStart, rows, columns } of parquetGroups(path)) {
    for (let row = 0; row < rows; row += 1) yield rowOf(row, rowStart + row + 1, columns);
  }
}

/** The row groups of a Parquet file that have rows, one in memory at a time. */
export async function* parquetGroups(path: string): AsyncGenerator<ParquetGroup> {
  const file = await asyncBufferFromFile(path);
  const parsers = rawParsers;
  const written = await parquetMetadataAsync(file, { parsers });
  const metadata = { ...written, schema: written.schema.map(rawElement) };
  const fields = columnsOf(written)
    .filter((column) => holdsNoValues(column) === undefined)
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
    yield { rowStart, rows: rowEnd - rowStart, columns };
    rowStart = rowEnd;
  }
}

/** The values as they are stored, and how each is read. */
export type Column = readonly [name: string, data: ArrayLike<unknown>, read: ParquetValue];

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
