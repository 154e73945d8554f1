import { asyncBufferFromFile, parquetMetadataAsync, parquetScan, parquetSchema } from "hyparquet";
import { compressors, decompressLz4, decompressLz4Raw } from "hyparquet-compressors";
import type { TableRow, TableValue } from "./table-row.ts";

type Decompress = typeof decompressLz4;

/** A page of nulls alone has no bytes; its LZ4 block is a single zero, which the decompressors take for damage. */
const emptyToo =
  (decompress: Decompress): Decompress =>
  (input, length) =>
    length === 0 ? new Uint8Array() : decompress(input, length);
const decompressors = { ...compressors, LZ4: emptyToo(decompressLz4), LZ4_RAW: emptyToo(decompressLz4Raw) };

/** Times and dates as ISO-8601 text in UTC, to the millisecond. A timestamp without a zone is taken as UTC. */
const parsers = {
  timestampFromMilliseconds: (millis: bigint | null) => isoTime(millis, 1n),
  timestampFromMicroseconds: (micros: bigint | null) => isoTime(micros, 1_000n),
  timestampFromNanoseconds: (nanos: bigint | null) => isoTime(nanos, 1_000_000n),
  dateFromDays: (days: number | null) => isoTime(days === null ? null : BigInt(days) * 86_400_000n, 1n)?.slice(0, 10),
};

/** Rows of a Parquet file, one row group in memory at a time. NaN is null; an integer too large for a number stays text. */
export async function* readParquet(path: string): AsyncGenerator<TableRow> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file, { parsers });
  const names = parquetSchema(metadata).children.map(({ element }) => element.name);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    if (rowEnd === rowStart) continue;
    const columns: (readonly [name: string, data: ArrayLike<unknown>])[] = [];
    // A scan keeps the columns it has read: one a row group lets them go.
    const scan = await parquetScan({ file, metadata, compressors: decompressors, parsers, rowStart, rowEnd });
    for (const column of names) columns.push([column, await scan.readColumn({ column, rowStart, rowEnd })]);
    for (let row = rowStart; row < rowEnd; row += 1) yield rowOf(row - rowStart, row + 1, columns);
    rowStart = rowEnd;
  }
}

function rowOf(index: number, line: number, columns: readonly (readonly [string, ArrayLike<unknown>])[]): TableRow {
  const values: Record<string, TableValue> = {};
  for (const [name, data] of columns) {
    const value = valueOf(data[index]);
    if (value === undefined) {
      const problem = `"${name}" holds a list, an object or bytes: only plain values make a table`;
      return { line, problem, text: textOf(index, columns) };
    }
    values[name] = value;
  }
  return { line, values };
}

function valueOf(value: unknown): TableValue | undefined {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isNaN(value) ? null : value;
  if (typeof value !== "bigint") return undefined;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
}

function textOf(index: number, columns: readonly (readonly [string, ArrayLike<unknown>])[]): string {
  const row = Object.fromEntries(columns.map(([name, data]) => [name, data[index] ?? null]));
  return JSON.stringify(row, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
}

function isoTime(ticks: bigint | null | undefined, ticksPerMilli: bigint): string | null {
  if (ticks === null || ticks === undefined) return null;
  const rest = ticks % ticksPerMilli;
  const time = new Date(Number((ticks - (rest < 0n ? rest + ticksPerMilli : rest)) / ticksPerMilli));
  // Beyond the years a Date can hold, the number itself is kept: the time reader refuses it with a reason.
  return Number.isNaN(time.getTime()) ? ticks.toString() : time.toISOString();
}
