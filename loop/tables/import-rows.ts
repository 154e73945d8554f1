import {
  declaredValue,
  isWord,
  misfitText,
  nearest,
  recordedValue,
  rowKey,
  shown,
  versionsOf,
  vectorLength,
  type RowValues,
} from "../../blueprints/index.ts";
import { validBlueprints, type ValidBlueprints } from "../../catalogue/index.ts";
import { readTableRows, stateKey, takeVersion, type DeclaredTable, type KeptRows } from "../../operators/index.ts";
import { DomainError } from "../../schemas/index.ts";
import { checkTime, ownValue, type Published, type TopicTools } from "../../streams/index.ts";
import { letterOfLine } from "../history/bad-lines.ts";
import { readTimeCell, type HistoryTable, type ReadRow, type TimeReading } from "../history/index.ts";
import { findTable } from "./declared-table.ts";
import { rowRecord, type PutRow } from "./put-row.ts";

export interface RowImport {
  readonly table: string;
  readonly file: HistoryTable;
  /** Of all rows, ms, or the column that has it. Default: now. */
  readonly validFrom?: number | { readonly column: string; readonly reading: TimeReading } | undefined;
}

export interface ImportedRows {
  readonly table: string;
  /** Lines with a row. */
  readonly lines: number;
  /** Versions that were written. */
  readonly written: number;
  /** Lines whose row was there already, with these values at that time. */
  readonly unchanged: number;
  /** Lines whose row a later line of the file replaced: it has the same key and time, and other values. */
  readonly replaced: number;
  /** The first of them, each with the line that replaced it. */
  readonly replacedLines: readonly { readonly line: number; readonly by: number }[];
  /** The first of the lines that can't be used; all of them are dead letters. */
  readonly badLines: readonly { readonly line: number; readonly problem: string }[];
  readonly bad: number;
  /** Columns that no blueprint declares: their values were left out. */
  readonly leftOut: readonly string[];
  /** Declared fields that are no column of the file: they are missing. */
  readonly missing: readonly string[];
  /** Of a table whose rows are the words of texts: rows with a key that no text has as a word, and the first such key. */
  readonly noWords: number;
  readonly firstNoWord: string | null;
  /** Of all rows, ms; null: each has its own. */
  readonly validFrom: number | null;
}

const AT_ONCE = 1_000;
const SHOWN = 20;
/** Behind every offset: a row that was read here counts as written after those on the topic. */
const WRITTEN_HERE = 2 ** 52;

/**
 * Writes a version of a row for each line of a file, unless the row has these values at that time: the same import again
 * writes nothing. A line that can't be used is a dead letter, and the others go on. It holds the table in memory, as an
 * instance of the loop does. Throws `TABLE_FULL` at the first line that finds no room; the lines before are written.
 */
export async function importRows(tools: TopicTools, options: RowImport): Promise<ImportedRows> {
  const { file, validFrom: given = Date.now() } = options;
  const { table, blueprints } = await findTable(tools, options.table);
  if (typeof given === "number") checkTime(given, "the time from which the rows are valid");
  const own = typeof given === "number" ? undefined : given.column;
  const columns = await columnsOf(file, table, own);
  const kept = await readTableRows(tools, blueprints, new Set([table.name]));
  const now = Date.now();
  const badLines: { readonly line: number; readonly problem: string }[] = [];
  const replacedLines: { readonly line: number; readonly by: number }[] = [];
  /** Of rows that were written, by key and time. */
  const lineOf = new Map<string, number>();
  let [lines, written, replaced, bad, noWords] = [0, 0, 0, 0, 0];
  let firstNoWord: string | null = null;
  const ofWords = isOfWords(validBlueprints(blueprints), table.name);
  let pending: Published<unknown>[] = [];
  const flush = async (): Promise<void> => {
    const records = pending;
    pending = [];
    if (records.length > 0) await tools.publisher.publish(records);
  };
  const refuse = (line: number, problem: string, text: string): void => {
    bad++;
    if (badLines.length < SHOWN) badLines.push({ line, problem });
    pending.push(letterOfLine({ file: file.name, line, problem, text }, now));
  };
  for await (const read of file.lines()) {
    if ("problem" in read) refuse(read.line, read.problem, read.text);
    else {
      const row = rowOf(read, table, given);
      if (typeof row === "string") refuse(read.line, row, read.text ?? JSON.stringify(read.values));
      else {
        lines++;
        if (ofWords && !isWord(row.key[0]!)) {
          noWords++;
          firstNoWord ??= row.key[0]!;
        }
        if (!isThere(kept, row)) {
          await keep(kept, table, row, read.line, flush);
          pending.push(rowRecord(row, now));
          written++;
          const place = `${row.validFrom} ${rowKey(row.key)}`;
          const line = lineOf.get(place);
          lineOf.set(place, read.line);
          if (line !== undefined && replaced++ < SHOWN) replacedLines.push({ line, by: read.line });
        }
      }
    }
    if (pending.length >= AT_ONCE) await flush();
  }
  await flush();
  const validFrom = typeof given === "number" ? given : null;
  const unusable = { badLines, bad };
  const counts = { lines, written, unchanged: lines - written, replaced, replacedLines };
  return { table: table.name, ...counts, ...unusable, ...columns, noWords, firstNoWord, validFrom };
}

const isOfWords = (published: ValidBlueprints, table: string): boolean =>
  published
    .all()
    .some(({ blueprint }) => blueprint.features.some((feature) => feature.kind === "embed" && feature.words === table));

async function columnsOf(
  file: HistoryTable,
  { name, key, fields }: DeclaredTable,
  time: string | undefined,
): Promise<Pick<ImportedRows, "leftOut" | "missing">> {
  const { columns, open } = await file.head();
  const lacking = [...key, ...(time === undefined ? [] : [time])].find((column) => !columns.includes(column));
  if (lacking !== undefined && !open) {
    const guess = nearest(lacking, columns);
    const hint = guess === null ? `it has ${columns.join(", ")}` : `is it "${guess}"?`;
    throw new DomainError(
      "BAD_FILE",
      `${file.name}: there is no column "${lacking}", which a row of table ${name} needs; ${hint}`,
    );
  }
  return {
    leftOut: columns.filter((column) => !key.includes(column) && !fields.has(column) && column !== time),
    missing: open ? [] : [...fields.keys()].filter((field) => !columns.includes(field)),
  };
}

/** The row of a line, or the reason that there is none. */
function rowOf(
  { values: cells, unfit, lists }: ReadRow,
  { name, key: parts, fields }: DeclaredTable,
  given: NonNullable<RowImport["validFrom"]>,
): PutRow | string {
  const key: string[] = [];
  for (const part of parts) {
    const text = declaredValue("key", ownValue(cells, part));
    if (typeof text !== "string") return `${part}: a row of table ${name} needs this key`;
    key.push(text);
  }
  const values: Record<string, RowValues[string]> = {};
  for (const [field, type] of fields) {
    const list = vectorLength(type) === undefined ? undefined : lists?.get(field);
    const form = list === undefined ? unfit?.get(field) : undefined;
    if (form !== undefined) return `${field}: ${form} is no ${type}`;
    const cell = list ?? ownValue(cells, field) ?? null;
    const value = recordedValue(type, cell);
    if (value === undefined) return `${field}: ${misfitText(type, cell)}`;
    values[field] = value;
  }
  if (typeof given === "number") return { table: name, key, validFrom: given, values };
  const cell = ownValue(cells, given.column) ?? null;
  const validFrom = readTimeCell(cell, given.reading);
  if (typeof validFrom !== "number") return `${given.column}: ${shown(cell)} is no time: write one with its zone`;
  return { table: name, key, validFrom, values };
}

/** Whether the row has these values from this time on. */
function isThere(kept: KeptRows, { table, key, validFrom, values }: PutRow): boolean {
  const row = kept.get(stateKey(table, rowKey(key)));
  if (row === undefined) return false;
  for (const version of versionsOf(row)) {
    if (version.validFrom > validFrom || version.values === undefined) continue;
    const before = version.values;
    if (before === null) return false;
    const names = new Set([...Object.keys(before), ...Object.keys(values!)]);
    return [...names].every((name) => Object.is(ownValue(before, name) ?? null, ownValue(values!, name) ?? null));
  }
  return false;
}

async function keep(
  kept: KeptRows,
  { maxRows }: DeclaredTable,
  { table, key, validFrom, values }: PutRow,
  line: number,
  flush: () => Promise<void>,
): Promise<void> {
  try {
    takeVersion(kept, table, rowKey(key), { validFrom, offset: WRITTEN_HERE + line, partition: 0, values }, maxRows);
  } catch (error) {
    await flush();
    throw error instanceof DomainError ? new DomainError(error.code, `line ${line}: ${error.message}`) : error;
  }
}
