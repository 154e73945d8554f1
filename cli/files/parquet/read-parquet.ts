import { asyncBufferFromFile, parquetMetadataAsync, parquetScan } from "hyparquet";
import { compressors, decompressLz4, decompressLz4Raw } from "hyparquet-compressors";
import { objectMaker } from "../../../streams/index.ts";
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

const RUN_ROWS = 1_000;

/**
 * Rows of a Parquet file in runs, one row group in memory at a time, without columns whose values are no plain ones. See
 * `parquet-values.ts` for the meaning of the values.
 * @param wanted of other columns, those are left out whose values are all plain ones; absent: all are wanted
 */
export async function* readParquet(path: string, wanted?: ReadonlySet<string>): AsyncGenerator<readonly TableRow[]> {
  for await (const { rowStart, rows, columns } of parquetGroups(path, wanted)) {
    const rowAt = rowsOf(columns);
    for (let from = 0; from < rows; from += RUN_ROWS) {
      const run: TableRow[] = [];
      for (let row = from; row < Math.min(rows, from + RUN_ROWS); row += 1) run.push(rowAt(row, rowStart + row + 1));
      yield run;
    }
  }
}

/** Types of which every value is a plain one. */
const PLAIN: ReadonlySet<unknown> = new Set(["BOOLEAN", "INT32", "INT64", "FLOAT", "DOUBLE"]);

/** The row groups of a Parquet file that have rows, one in memory at a time. @param wanted as for `readParquet` */
export async function* parquetGroups(path: string, wanted?: ReadonlySet<string>): AsyncGenerator<ParquetGroup> {
  const file = await asyncBufferFromFile(path);
  const parsers = rawParsers;
  const written = await parquetMetadataAsync(file, { parsers });
  const metadata = { ...written, schema: written.schema.map(rawElement) };
  const fields = columnsOf(written)
    .filter((column) => holdsNoValues(column) === undefined)
    .map(({ element }) => ({
      ...{ column: element.name, read: parquetValue(element) },
      isWanted: wanted === undefined || wanted.has(element.name) || !PLAIN.has(element.type),
    }));
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    if (rowEnd === rowStart) continue;
    const columns: Column[] = [];
    // A scan keeps the columns it has read: one a row group lets them go.
    const scan = await parquetScan({ file, metadata, compressors: decompressors, parsers, rowStart, rowEnd });
    for (const { column, read, isWanted } of fields) {
      // Of other columns too a first look is to find the damage, before anything is published.
      const data = await scan.readColumn({ column, rowStart, rowEnd });
      if (isWanted) columns.push([column, data, read]);
    }
    yield { rowStart, rows: rowEnd - rowStart, columns };
    rowStart = rowEnd;
  }
}

/** The values as they are stored, and how each is read. */
export type Column = readonly [name: string, data: ArrayLike<unknown>, read: ParquetValue];

function rowsOf(columns: readonly Column[]): (index: number, line: number) => TableRow {
  const make = objectMaker(columns.map(([name]) => name));
  return (index, line) => {
    if (make === undefined) return rowOf(index, line, columns);
    const values: (TableValue | undefined)[] = [];
    let isPlain = true;
    for (const [, data, read] of columns) {
      const value = read(data[index]);
      if (value === undefined) isPlain = false;
      values.push(value);
    }
    return isPlain ? { line, values: make(values) as Record<string, TableValue> } : rowOf(index, line, columns);
  };
}

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
