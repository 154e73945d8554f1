import { realpathSync } from "node:fs";
import type { HistoryFiles, HistoryTable, HistoryTables } from "../../loop/index.ts";
import { readRuns, readTable } from "./read-table.ts";
import { TableError } from "./table-error.ts";
import { tableHead } from "./table-head.ts";

/** A file as a table of history, read anew each time. */
export const fileTable = (path: string): HistoryTable => ({
  name: path,
  head: () => tableHead(path),
  lines: () => readTable(path),
  runs: (wanted) => readRuns(path, wanted),
});

/** Files of history as tables. Throws a `TableError` if two of them are one file. */
export function fileTables({ decisions, observations, events }: HistoryFiles): HistoryTables {
  const paths = [decisions, observations, events].filter((path) => path !== undefined);
  const real = paths.map((path) => realPath(path));
  const twice = real.findIndex((path, at) => real.indexOf(path) < at);
  if (twice >= 0) throw new TableError(paths[twice]!, "is named twice. Each file holds one thing.");
  const of = (path: string | undefined): HistoryTable | undefined => (path === undefined ? undefined : fileTable(path));
  return { decisions: of(decisions), observations: of(observations), events: of(events) };
}

/** A file that is not there is told when it is read. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
