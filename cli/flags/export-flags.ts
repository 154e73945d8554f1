import { formatOf, type TableFormat } from "../files/index.ts";
import { among, flag } from "./flag.ts";
import { parseTime } from "./times.ts";

/** The flags of a command that writes decisions, or their rows, to a file. */
export const exportFlags = {
  out: flag("--out <file>", ".csv, .csv.gz, .jsonl, .jsonl.gz or .parquet; - is stdout", { default: "-" }),
  format: flag("--format <name>", "csv, jsonl or parquet (default: by the file's name, csv on stdout)", {
    parse: among("csv", "jsonl", "parquet"),
  }),
  from: flag("--from <time>", "decided at or after", { parse: parseTime }),
  to: flag("--to <time>", "decided before", { parse: parseTime }),
};

interface Given {
  readonly out: string;
  readonly format: TableFormat | undefined;
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** A file and a stretch of decision times, ms: at or after `from`, before `to`. */
export function exportOf({ out, format, from, to }: Given): {
  readonly out: string;
  readonly format: TableFormat;
  readonly from: number;
  readonly to: number;
} {
  return {
    out,
    format: format ?? (out === "-" ? "csv" : formatOf(out).format),
    from: from ?? Number.NEGATIVE_INFINITY,
    to: to ?? Number.POSITIVE_INFINITY,
  };
}
