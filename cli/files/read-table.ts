import { readCsv } from "./text/read-csv.ts";
import { readJsonl } from "./text/read-jsonl.ts";
import { readParquet } from "./parquet/read-parquet.ts";
import { tableError } from "./table-error.ts";
import { formatOf } from "./table-format.ts";
import type { TableRow } from "./table-row.ts";

/**
 * The rows of a CSV, JSON lines or Parquet file, read as they are asked for. A row that cannot be read is yielded as a problem
 * and the rest goes on. Throws a `TableError` that names the file when its name tells no format, or the file is missing,
 * truncated or damaged; rows before the damage have been yielded by then.
 */
export async function* readTable(path: string): AsyncGenerator<TableRow, void> {
  const { format, gzip } = formatOf(path);
  try {
    switch (format) {
      case "csv":
        return yield* readCsv(path, gzip);
      case "jsonl":
        return yield* readJsonl(path, gzip);
      case "parquet":
        return yield* readParquet(path);
    }
  } catch (error) {
    throw tableError(path, error);
  }
}
