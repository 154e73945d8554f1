import { asyncBufferFromFile, parquetMetadataAsync } from "hyparquet";
import { columnsOf } from "./parquet/columns-of.ts";
import { holdsNoValues } from "./parquet/parquet-values.ts";
import { readCsvHeader } from "./text/read-csv.ts";
import { readJsonl } from "./text/read-jsonl.ts";
import { tableError, TableError } from "./table-error.ts";
import { formatOf } from "./table-format.ts";
import type { TableRow } from "./table-row.ts";

/** Of JSON lines, which have no header, so many are looked at. */
export const headLines = 1_000;

export interface TableHead {
  readonly columns: readonly string[];
  /** Later lines may have other columns: these are those of the first lines. */
  readonly open: boolean;
  /**
   * Columns whose values are no plain ones, as far as is known yet, with the form of the values. Rows come without
   * them.
   */
  readonly noValues?: ReadonlyMap<string, string>;
}

/**
 * The columns of a file, before any of its rows is used. Throws a `TableError` that names the file if it can't be read,
 * or is empty.
 */
export async function tableHead(path: string): Promise<TableHead> {
  const { format, gzip } = formatOf(path);
  try {
    switch (format) {
      case "csv":
        return { columns: await readCsvHeader(path, gzip), open: false };
      case "jsonl":
        return { ...(await namesOf(path, gzip)), open: true };
      case "parquet": {
        const metadata = await parquetMetadataAsync(await asyncBufferFromFile(path));
        const all = columnsOf(metadata).map((one) => [one.element.name, holdsNoValues(one)] as const);
        const plain = all.filter(([, holds]) => holds === undefined).map(([name]) => name);
        const noValues = new Map(all.flatMap(([name, holds]) => (holds === undefined ? [] : [[name, holds] as const])));
        return { columns: plain, open: false, ...(noValues.size === 0 ? {} : { noValues }) };
      }
    }
  } catch (error) {
    throw tableError(path, error);
  }
}

async function namesOf(path: string, gzip: boolean): Promise<Pick<TableHead, "columns" | "noValues">> {
  const names = new Set<string>();
  const unfit = new Map<string, string>();
  let lines = 0;
  for await (const row of firstOf(readJsonl(path, gzip))) {
    if (lines === 0 && "problem" in row && row.text.trimStart().startsWith("[")) {
      throw new TableError(path, "is a JSON array. Write one object a line, without brackets and commas around them.");
    }
    if ("values" in row) {
      for (const name of Object.keys(row.values)) names.add(name);
      for (const [name, held] of row.unfit ?? []) unfit.set(name, held);
    }
    lines += 1;
  }
  if (lines === 0) throw new TableError(path, "is empty. Each line is to hold a JSON object.");
  for (const name of names) unfit.delete(name);
  return { columns: [...names], ...(unfit.size === 0 ? {} : { noValues: unfit }) };
}

async function* firstOf(runs: AsyncIterable<readonly TableRow[]>): AsyncGenerator<TableRow> {
  let left = headLines;
  for await (const run of runs) {
    yield* run.slice(0, left);
    left -= run.length;
    if (left <= 0) return;
  }
}
