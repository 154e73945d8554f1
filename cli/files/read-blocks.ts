import { parquetGroups } from "./parquet/read-parquet.ts";
import type { ParquetValue } from "./parquet/parquet-values.ts";
import { readTable } from "./read-table.ts";
import { tableError, TableError } from "./table-error.ts";
import { formatOf } from "./table-format.ts";
import type { TableValue } from "./table-row.ts";

/** Some rows of a file, column by column. */
export interface TableBlock {
  readonly rows: number;
  /** The line of the file on which a row begins, or of Parquet its number from 1. */
  lineOf(row: number): number;
  readonly columns: ReadonlyMap<string, BlockColumn>;
}

/** As stored, and how each value is read: `undefined` is no value of a table. */
export interface BlockColumn {
  readonly data: ArrayLike<unknown>;
  readonly read: ParquetValue;
}

/** Rows of a text that are one block. */
const BLOCK_ROWS = 10_000;

/**
 * A file in blocks of rows: of Parquet its row groups, of a text so many lines. One is in memory at a time. Throws a `TableError` that names the
 * file, and the line that can't be read.
 */
export async function* readBlocks(path: string): AsyncGenerator<TableBlock, void> {
  if (formatOf(path).format !== "parquet") return yield* blocksOf(textRows(path));
  try {
    for await (const { rows, rowStart, columns } of parquetGroups(path)) {
      const named = new Map(columns.map(([name, data, read]) => [name, { data, read }]));
      yield { rows, lineOf: (row) => rowStart + row + 1, columns: named };
    }
  } catch (error) {
    throw tableError(path, error);
  }
}

async function* textRows(path: string): AsyncGenerator<PlacedRow> {
  for await (const row of readTable(path)) {
    if ("problem" in row) throw new TableError(path, `line ${row.line}: ${row.problem}`);
    yield row;
  }
}

interface PlacedRow {
  readonly line: number;
  readonly values: Readonly<Record<string, unknown>>;
}

const plain: ParquetValue = (value) => (value ?? null) as TableValue;

/** Rows as blocks. A column that no row of a block has is missing there. */
export async function* blocksOf(rows: AsyncIterable<PlacedRow>): AsyncGenerator<TableBlock, void> {
  let lines: number[] = [];
  let columns = new Map<string, unknown[]>();
  const block = (): TableBlock => {
    const [then, named] = [lines, new Map([...columns].map(([name, data]) => [name, { data, read: plain }]))];
    [lines, columns] = [[], new Map()];
    return { rows: then.length, lineOf: (row) => then[row]!, columns: named };
  };
  for await (const { line, values } of rows) {
    for (const [name, value] of Object.entries(values)) {
      let column = columns.get(name);
      if (column === undefined) columns.set(name, (column = []));
      column[lines.length] = value;
    }
    lines.push(line);
    if (lines.length === BLOCK_ROWS) yield block();
  }
  if (lines.length > 0) yield block();
}
