import type { Blueprint } from "../../../blueprints/index.ts";
import { HistoryError, type ColumnNames, type HistoryTables, type TimeReading } from "../../../loop/index.ts";
import { UsageError } from "../../exit-codes.ts";
import { dsjsonTables, fileTables, rewardedTables } from "../../files/index.ts";
import type { HistoryFlags } from "../../flags/import-flags.ts";
import { timesOf } from "../../flags/times.ts";
import { encodedBy } from "./encoded-by.ts";

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
export function importTables(flags: HistoryFlags): (blueprint: Blueprint) => ImportTables {
  const { dsjson, reward } = flags;
  const times = timesOf(flags);
  if (dsjson === undefined) return plainTables(flags, times);
  const { decisions, observations, action, propensity, distribution, candidates, optionId } = flags;
  const { encoder } = flags;
  const others = {
    decisions,
    observations,
    action,
    propensity,
    distribution,
    candidates,
    "option-id": optionId,
    encoder,
  };
  const other = Object.entries(others).find(([, given]) => given !== undefined);
  if (other !== undefined)
    throw new UsageError(`--${other[0]} ${other[1]}: --dsjson has decisions, actions and costs in one file`);
  const { events } = fileTables({ decisions: dsjson, events: flags.events });
  return (blueprint) => {
    const made = dsjsonTables(dsjson, blueprint, rewardOf(blueprint, reward), times);
    return {
      tables: { decisions: made.decisions, observations: made.observations, events },
      columns: { ...made.columns, unit: flags.unit ?? made.columns.unit, kind: flags.kind, times },
      notes: () => [
        ...(made.skipped() === 0 ? [] : [skippedText(dsjson, made.skipped())]),
        ...(made.droppedUnkept() === 0 ? [] : [unkeptText(dsjson, made.droppedUnkept())]),
      ],
    };
  };
}

function plainTables(flags: HistoryFlags, times: TimeReading): (blueprint: Blueprint) => ImportTables {
  const { reward, decisionId: id, time, observationTime } = flags;
  const encoded = encodedBy(flags);
  const { decisions, observations, events } = fileTables(flags);
  const files = { decisions: decisions && encoded(decisions), observations, events };
  const columns = { ...flags, times };
  const notes = (): readonly string[] => [];
  if (reward === undefined) return () => ({ tables: files, columns, notes });
  if (files.decisions === undefined || files.observations !== undefined)
    throw new UsageError(`--reward ${reward}: is a column of --decisions, in place of --observations, or of --dsjson`);
  const rewarded = rewardedTables(files.decisions, { id, time: observationTime ?? time, reward, times });
  return (blueprint) => {
    rewardOf(blueprint, reward);
    if (Object.hasOwn(blueprint.context, reward))
      throw new HistoryError(`--reward ${reward}: is an entry of the context too, and is not known when it is decided`);
    return { tables: { ...rewarded, events: files.events }, columns, notes };
  };
}

function rewardOf({ useCase, observations }: Blueprint, asked: string | undefined): string {
  const names = Object.keys(observations).filter((name) => name !== "kind");
  const found = asked ?? (names.includes("reward") ? "reward" : names.length === 1 ? names[0] : undefined);
  if (found !== undefined && names.includes(found)) return found;
  throw new HistoryError(
    `the reward is to be an observation of use case "${useCase}": --reward takes one of ${names.join(", ")}`,
  );
}

const skippedText = (file: string, count: number): string =>
  `${file}: ${count === 1 ? "1 line is" : `${count} lines are`} of decisions that were never shown (_skipLearn): left out`;

const unkeptText = (file: string, count: number): string =>
  `${file}: ${count === 1 ? "1 line has" : `${count} lines have`} a pdrop above 0, and the blueprint has no feature pdrop: rows and exports will ` +
  "say 0. To keep it, publish a version with pdrop: number under context and pdrop among the features before the import";
