import { CsvRecords, type CsvRecord } from "./csv-records.ts";
import { readLines } from "./read-lines.ts";
import { TableError } from "../table-error.ts";
import type { TableRow, TableValue } from "../table-row.ts";

/** Rows of a CSV file whose first line names the columns. An empty field, quoted or not, is null; anything else stays a string. */
export async function* readCsv(path: string, gzip: boolean): AsyncGenerator<TableRow> {
  let columns: readonly string[] | undefined;
  for await (const record of recordsOf(path, gzip)) {
    if (columns === undefined) columns = columnsOf(path, record);
    else yield rowOf(record, columns);
  }
  if (columns === undefined) throw nothing(path);
}

/** The names in the first line. */
export async function readCsvHeader(path: string, gzip: boolean): Promise<readonly string[]> {
  for await (const record of recordsOf(path, gzip)) return columnsOf(path, record);
  throw nothing(path);
}

const nothing = (path: string): TableError => new TableError(path, "is empty. The first line must name the columns.");

async function* recordsOf(path: string, gzip: boolean): AsyncGenerator<CsvRecord> {
  const records = new CsvRecords();
  for await (const lines of readLines(path, gzip)) yield* records.add(lines);
  yield* records.end();
}

function columnsOf(path: string, header: CsvRecord): readonly string[] {
  const problem = "problem" in header ? header.problem : problemOf(header.fields);
  if (problem !== undefined) {
    throw new TableError(path, `line ${header.line}: ${problem}. The first line must name each column once.`);
  }
  const names = "problem" in header ? [] : header.fields;
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

function rowOf(record: CsvRecord, columns: readonly string[]): TableRow {
  if ("problem" in record) return record;
  const { line, fields, text } = record;
  if (fields.length !== columns.length) {
    return { line, problem: `expected ${columns.length} columns, found ${fields.length}`, text };
  }
  const values: Record<string, TableValue> = {};
  // A plain loop: this runs for every cell of a file.
  for (let index = 0; index < columns.length; index++) {
    const field = fields[index];
    values[columns[index]!] = field === undefined || field === "" ? null : field;
  }
  return { line, values };
}
