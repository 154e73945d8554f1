import { endingOf, sinkTo, type ByteSink } from "./byte-sink.ts";
import { parquetTable } from "./parquet/parquet-table.ts";
import { cellOf, type TableColumn } from "./table-column.ts";
import { TableError } from "./table-error.ts";
import type { TableFormat } from "./table-format.ts";
import { csvTable, jsonlTable, type CellWriter } from "./text/text-table.ts";

export interface TableWriter {
  /**
   * One row; fields that are no column are left out, missing ones are null. Await it before the next row: that is how a slow
   * disk or reader holds the writer back. A row with a value of another type is refused whole, and the table stays good.
   */
  write(row: Readonly<Record<string, unknown>>): Promise<void>;
  /** So many rows, by columns in the table's order, each a value a row. Awaited and refused as `write` is, but for the rows before the refused one. */
  writeColumns(columns: readonly ArrayLike<unknown>[], rows: number): Promise<void>;
  /** Completes the table: only now is there a file of that name. */
  close(): Promise<void>;
  /** Gives up: the unfinished file is removed, one that was there before stays. Does nothing after `close`. */
  abort(): Promise<void>;
}

const tables: Readonly<Record<TableFormat, (sink: ByteSink, columns: readonly TableColumn[]) => CellWriter>> = {
  csv: csvTable,
  jsonl: jsonlTable,
  parquet: parquetTable,
};

/** A table to a file, compressed when its name ends in `.gz`, or to standard output (`-`). Fails with a `TableError`. */
export async function tableWriter(
  path: string,
  format: TableFormat,
  columns: readonly TableColumn[],
): Promise<TableWriter> {
  check(path, format, columns);
  const sink = await sinkTo(path, path.toLowerCase().endsWith(".gz"));
  const table = tables[format](sink, columns);
  let rows = 0;
  const { isOpen, close, abort } = endingOf(sink, () => table.end());
  const write = async (valueOf: (index: number, name: string) => unknown): Promise<void> => {
    if (!isOpen()) throw new TableError(path, "is closed: write before close().");
    let cells;
    try {
      cells = columns.map((column, index) => cellOf(valueOf(index, column.name), column));
    } catch (error) {
      throw new TableError(path, `row ${rows + 1}: ${error instanceof Error ? error.message : String(error)}`, error);
    }
    rows += 1;
    await table.write(cells);
  };
  return {
    write: (row) => write((_, name) => row[name]),
    async writeColumns(given, count) {
      for (let row = 0; row < count; row++) await write((index) => given[index]?.[row]);
    },
    close,
    abort,
  };
}

function check(path: string, format: TableFormat, columns: readonly TableColumn[]): void {
  if (format === "parquet" && path.toLowerCase().endsWith(".gz")) {
    throw new TableError(path, "Parquet is compressed inside. Leave out .gz.");
  }
  const names = columns.map(({ name }) => name);
  if (names.length === 0 || names.includes("") || new Set(names).size < names.length) {
    throw new TableError(
      path,
      `a table needs columns, each with a name of its own; given: ${names.join(", ") || "none"}.`,
    );
  }
}
