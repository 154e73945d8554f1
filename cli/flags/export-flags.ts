import { formatOf, type TableFormat } from "../files/index.ts";
import { UsageError } from "../exit-codes.ts";
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

/** The flags of `rows`, which writes dsjson too. */
export const rowsFlags = {
  ...exportFlags,
  out: flag("--out <file>", ".csv, .csv.gz, .jsonl, .jsonl.gz, .parquet, .dsjson or .dsjson.gz; - is stdout", {
    default: "-",
  }),
  format: flag(
    "--format <name>",
    "csv, jsonl or parquet, or dsjson, one decision with all actions a line (default: by the file's name, csv on stdout)",
    { parse: among("csv", "jsonl", "parquet", "dsjson") },
  ),
  reward: flag(
    "--reward <name>",
    "of dsjson: a label, or a column of the rows (default: the reward, else the only label)",
  ),
};

interface GivenRows extends Omit<Given, "format"> {
  readonly format: TableFormat | "dsjson" | undefined;
  readonly reward: string | undefined;
  readonly topic: string | undefined;
}

/** Rows as a table, or decisions as dsjson. Throws a `UsageError` where a flag is of the other one. */
export function rowsExportOf({
  reward,
  topic,
  format,
  ...given
}: GivenRows): (ReturnType<typeof exportOf> & { readonly reward?: undefined }) | DsjsonAsked {
  const { out, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = given;
  if (format === "dsjson" || (format === undefined && /\.dsjson(\.gz)?$/i.test(out))) {
    if (topic === undefined) return { out, format: "dsjson", from, to, reward };
    throw new UsageError(`--topic ${topic}: dsjson is made of the decisions that acted, and takes no rows of a replay`);
  }
  if (reward !== undefined) throw new UsageError(`--reward ${reward}: only dsjson has a reward; add --format dsjson`);
  return exportOf({ ...given, format });
}

interface DsjsonAsked {
  readonly out: string;
  readonly format: "dsjson";
  readonly from: number;
  readonly to: number;
  readonly reward: string | undefined;
}

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
