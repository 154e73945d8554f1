import { CsvRecords, type CsvRecord } from "./csv-records.ts";
import { csvRows } from "./csv-rows.ts";
import { readLines } from "./read-lines.ts";
import { TableError } from "../table-error.ts";
import type { TableRow } from "../table-row.ts";

/**
 * Rows of a CSV file whose first line names the columns, in runs as they are read. An empty field, quoted or not, is
 * null; anything else stays a string.
 * @param wanted the columns that rows have; absent: all
 */
export async function* readCsv(
  path: string,
  gzip: boolean,
  wanted?: ReadonlySet<string>,
): AsyncGenerator<readonly TableRow[]> {
  let rowOf: ReturnType<typeof csvRows> | undefined;
  for await (const records of recordsOf(path, gzip)) {
    const [header] = records;
    if (header === undefined) continue;
    if (rowOf !== undefined) yield records.map(rowOf);
    else {
      rowOf = csvRows(columnsOf(path, header), wanted);
      yield records.slice(1).map(rowOf);
    }
  }
  if (rowOf === undefined) throw nothing(path);
}

/** The names in the first line. */
export async function readCsvHeader(path: string, gzip: boolean): Promise<readonly string[]> {
  for await (const [header] of recordsOf(path, gzip)) if (header !== undefined) return columnsOf(path, header);
  throw nothing(path);
}

const nothing = (path: string): TableError => new TableError(path, "is empty. The first line must name the columns.");

async function* recordsOf(path: string, gzip: boolean): AsyncGenerator<readonly CsvRecord[]> {
  const records = new CsvRecords();
  for await (const lines of readLines(path, gzip)) yield records.add(lines);
  yield records.end();
}

function columnsOf(path: string, header: CsvRecord): readonly string[] {
  const names = "problem" in header ? [] : (header.fields ?? header.text.split(","));
  const problem = "problem" in header ? header.problem : problemOf(names);
  if (problem !== undefined) {
    throw new TableError(path, `line ${header.line}: ${problem}. The first line must name each column once.`);
  }
  const other = names.length === 1 ? /[;\t|]/.exec(names[0]!)?.[0] : undefined;
  if (other === undefined) return names;
  const mark = other === "\t" ? "a tab" : `"${other}"`;
  throw new TableError(
    path,
    `line 1: columns are separated by ${mark}. Write them with commas, and numbers with points.`,
  );
}

function problemOf(columns: readonly string[]): string | undefined {
  const bad = columns.findIndex((name, index) => name === "" || name === "__proto__" || columns.indexOf(name) < index);
  if (bad < 0) return undefined;
  return columns[bad] === ""
    ? `column ${bad + 1} has no name`
    : `the column name "${columns[bad]}" cannot be used here`;
}
