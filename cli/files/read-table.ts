import { readCsv } from "./text/read-csv.ts";
import { readJsonl } from "./text/read-jsonl.ts";
import { readParquet } from "./parquet/read-parquet.ts";
import { tableError } from "./table-error.ts";
import { formatOf } from "./table-format.ts";
import type { TableRow } from "./table-row.ts";

/** The rows of a file, one by one: see `readRuns`. */
export async function* readTable(path: string): AsyncGenerator<TableRow, void> {
  for await (const run of readRuns(path)) yield* run;
}

/**
 * The rows of a CSV, JSON lines or Parquet file, many at a time, read as they are asked for. A row that cannot be read is yielded as a problem
 * and the rest goes on. Throws a `TableError` that names the file when its name tells no format, or the file is missing,
 * truncated or damaged; rows before the damage have been yielded by then.
 * @param wanted of other columns, values that can only be plain ones may be left out; absent: all are wanted
 */
export async function* readRuns(path: string, wanted?: ReadonlySet<string>): AsyncGenerator<readonly TableRow[], void> {
  const { format, gzip } = formatOf(path);
  try {
    switch (format) {
      case "csv":
        return yield* readCsv(path, gzip, wanted);
      case "jsonl":
        return yield* readJsonl(path, gzip);
      case "parquet":
        return yield* readParquet(path, wanted);
    }
  } catch (error) {
    throw tableError(path, error);
  }
}
