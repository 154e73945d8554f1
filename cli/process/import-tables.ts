import type { Blueprint } from "../../blueprints/index.ts";
import { HistoryError, type ColumnNames, type HistoryTables } from "../../loop/index.ts";
import { UsageError } from "../exit-codes.ts";
import { dsjsonTables, fileTables } from "../files/index.ts";
import type { ImportFlags } from "../flags/import-flags.ts";
import { timesOf } from "../flags/times.ts";

export interface ImportTables {
  readonly tables: HistoryTables;
  readonly columns: ColumnNames;
  /** What was left out of the files, for people, once they are read. */
  notes(): readonly string[];
}

/**
 * The files of an import and their columns, once the blueprint is known. Throws a `UsageError` for flags that do not go
 * together, before.
 */
export function importTables(flags: ImportFlags): (blueprint: Blueprint) => ImportTables {
  const { dsjson, reward } = flags;
  const times = timesOf(flags);
  if (dsjson === undefined) {
    if (reward !== undefined) throw new UsageError(`--reward ${reward}: is of dsjson; name its file with --dsjson`);
    const files = fileTables(flags);
    return () => ({ tables: files, columns: { ...flags, times }, notes: () => [] });
  }
  const { decisions, observations, action, propensity, distribution, candidates, optionId } = flags;
  const others = { decisions, observations, action, propensity, distribution, candidates, "option-id": optionId };
  const other = Object.entries(others).find(([, given]) => given !== undefined);
  if (other !== undefined)
    throw new UsageError(`--${other[0]} ${other[1]}: --dsjson has decisions, actions and costs in one file`);
  const { events } = fileTables({ decisions: dsjson, events: flags.events });
  return (blueprint) => {
    const made = dsjsonTables(dsjson, blueprint, rewardOf(blueprint, reward), times);
    return {
      tables: { decisions: made.decisions, observations: made.observations, events },
      columns: { ...made.columns, unit: flags.unit ?? made.columns.unit, kind: flags.kind, times },
      notes: () => (made.skipped() === 0 ? [] : [skippedText(dsjson, made.skipped())]),
    };
  };
}

function rewardOf({ useCase, observations }: Blueprint, asked: string | undefined): string {
  const names = Object.keys(observations).filter((name) => name !== "kind");
  const found = asked ?? (names.includes("reward") ? "reward" : names.length === 1 ? names[0] : undefined);
  if (found !== undefined && names.includes(found)) return found;
  throw new HistoryError(
    `minus the cost is to be an observation of use case "${useCase}": --reward takes one of ${names.join(", ")}`,
  );
}

const skippedText = (file: string, count: number): string =>
  `${file}: ${count === 1 ? "1 line is" : `${count} lines are`} of decisions that were never shown (_skipLearn): left out`;
