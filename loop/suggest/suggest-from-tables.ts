import { suggestBlueprint, type SuggestedBlueprint } from "../../blueprints/index.ts";
import type { ColumnNames } from "../history/columns/columns.ts";
import { given, type HistoryTables } from "../history/history-table.ts";
import { HistoryError } from "../history/history-error.ts";
import { readSample, SAMPLED_DECISIONS } from "./read-sample.ts";

export interface SuggestOptions {
  readonly useCase: string;
  /** A column of the observations, or a formula over them. */
  readonly label: string;
  readonly tables: HistoryTables;
  readonly columns?: ColumnNames;
  /** How many of the first decisions are looked at with their observations. Default 100,000. */
  readonly sample?: number | undefined;
  /** Called with notes for the user. */
  readonly say?: (line: string) => void;
  readonly onProgress?: (lines: number, text: string) => void;
}

/**
 * A first blueprint for tables of history that an import could read. Throws a `HistoryError`, errors of the tables, and
 * `BAD_USAGE` if the label can't be read.
 */
export async function suggestFromTables(options: SuggestOptions): Promise<SuggestedBlueprint> {
  const { useCase, label, tables, columns = {}, sample = SAMPLED_DECISIONS } = options;
  const { say = () => undefined, onProgress = () => undefined } = options;
  const { decisions, observations, events } = tables;
  if (decisions === undefined || observations === undefined)
    throw new HistoryError("name both files: --decisions and --observations");
  const read = await readSample({
    ...{ tables: { decisions, observations, events }, names: columns },
    ...{ most: sample, say, onProgress },
  });
  return suggestBlueprint({ useCase, label, ...read, files: given(tables).map(({ name }) => name) });
}
