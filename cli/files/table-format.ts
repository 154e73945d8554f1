import { TableError } from "./table-error.ts";

export type TableFormat = "csv" | "jsonl" | "parquet";

const suffixes: readonly (readonly [suffix: string, format: TableFormat, gzip: boolean])[] = [
  [".csv", "csv", false],
  [".csv.gz", "csv", true],
  [".jsonl", "jsonl", false],
  [".jsonl.gz", "jsonl", true],
  [".parquet", "parquet", false],
];

export const knownSuffixes = suffixes.map(([suffix]) => suffix);

/** How a file is written, from the end of its name. Throws a `TableError` that lists the endings it knows. */
export function formatOf(path: string): { readonly format: TableFormat; readonly gzip: boolean } {
  const name = path.toLowerCase();
  const found = suffixes.find(([suffix]) => name.endsWith(suffix));
  if (found === undefined) {
    throw new TableError(
      path,
      `the name does not tell how the file is written. Known endings: ${knownSuffixes.join(", ")}.`,
    );
  }
  return { format: found[1], gzip: found[2] };
}
