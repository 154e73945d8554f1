import { hasCode, StreamsError, streamsLimits } from "../../streams/index.ts";
import { eventsRetainedFrom } from "../instances/partial-windows.ts";
import { HOUR } from "./again/ledger.ts";
import { lookForChanges } from "./again/look-for-changes.ts";
import { ColumnCounts } from "./columns/column-counts.ts";
import { lookAtColumns, readColumns, unknownText, type FileColumns } from "./columns/columns.ts";
import { HistoryError } from "./history-error.ts";
import { namesOf } from "./history-table.ts";
import { ImportFeed, type LineCounts } from "./import-feed.ts";
import { importing, type Importing, type ImportOptions } from "./import-options.ts";
import { endOf, ImportRun } from "./import-run.ts";
import { keysBefore } from "./keys-before.ts";
import { LackingFields } from "./columns/kind-needs.ts";
import { LeftOutColumns, leftOutTexts } from "./left-out/left-out-columns.ts";
import { lookForRepeated, RepeatedIds, RepeatedLines } from "./left-out/repeated-lines.ts";
import type { BadLine } from "./lines/history-step.ts";
import { readHistory, sourcesOf, type ReadOptions } from "./lines/read-history.ts";
import { startWalk } from "./start-walk.ts";
import { disorderText, survey, type Survey } from "./survey.ts";

export interface ImportResult {
  readonly counts: LineCounts;
  readonly files: readonly Survey[];
  readonly columns: ReadonlyMap<string, ColumnCounts>;
  /** The first lines that could not be used. */
  readonly badLines: readonly BadLine[];
  /** Columns that the blueprint looks for, and that no line has. */
  readonly absent: readonly AbsentColumn[];
  /**
   * Set if lines are older than those imported before: events from before this time, ms, are gone from their topic;
   * `-Infinity`: none is.
   */
  readonly eventsRetainedFrom?: number;
}

export interface AbsentColumn {
  readonly file: string;
  readonly column: string;
}

/**
 * Publishes tables of history as records, after it has checked everything that can be known of them before. Rejects
 * with a `HistoryError`, and with errors of the tables.
 */
export async function importHistory(given: ImportOptions): Promise<ImportResult> {
  const options = importing(given);
  const { tables, blueprint, say, dryRun } = options;
  const { columns, all } = await readColumns(tables, options.columns, blueprint);
  const where = { ...options, files: namesOf(tables) };
  const absent = checkColumns(all, options);
  const latest = Date.now() + streamsLimits.maxFutureMs;
  const surveys: Survey[] = [];
  const lacking: string[] = [];
  let repeated = new RepeatedLines();
  for (const source of sourcesOf(tables, columns, blueprint, latest)) {
    const its = all.find(({ file }) => file === source.file)!;
    const fields = new LackingFields(its.byKind ?? new Map());
    const onLine = (lines: number): void => options.onProgress(lines, `looked at in ${source.file}`);
    const ids = source.file === where.files.decisions ? new RepeatedIds(source.id!) : undefined;
    const found = await survey(
      source,
      onLine,
      its.byKind && ((cells) => fields.take(cells)),
      ids && ((one) => ids.take(one)),
    );
    if (ids !== undefined) repeated = await lookForRepeated(source, ids);
    surveys.push(found);
    lacking.push(...leftOutTexts(source.file, found.unfit));
    lacking.push(...fields.notes(its));
    absent.push(...fields.names.map((column) => ({ file: its.file, column })));
  }
  tell([], lacking, options);
  const unsorted = surveys.filter(({ disorder }) => disorder !== undefined);
  if (unsorted.length > 0 && !options.sort) throw new HistoryError(unsorted.map(disorderText).join("\n"));
  const counts = new Map(all.map(({ file, head }) => [file, new ColumnCounts(head.columns, head.open)]));
  const { id, tools } = options;
  const feed = await ImportFeed.open(tools, { id, useCase: blueprint.useCase, dryRun, walk: options.walk });
  try {
    const walking = options.walk && (await startWalk(options.walk, feed, surveys, blueprint));
    const known = await keysBefore(feed, where, surveys);
    const unsortedFiles = new Set(unsorted.map(({ file }) => file));
    const reading = {
      stepMs: Math.min(HOUR, options.walk?.stepMs ?? HOUR),
      latest,
      repeated,
      unsorted: unsortedFiles,
      ...(options.stepSize === undefined ? {} : { stepSize: options.stepSize }),
    };
    const read = (more: Pick<ReadOptions, "counts" | "onLeftOut"> = {}): ReturnType<typeof readHistory> =>
      readHistory(tables, columns, blueprint, {
        ...reading,
        ...more,
        ...(known === undefined ? {} : { known: new Map(known) }),
      });
    const leftOut = await lookForChanges(feed.ledgers, where, surveys, read);
    if (leftOut !== undefined) feed.leaveOut(leftOut);
    const left = new Map(all.map(({ file }) => [file, new LeftOutColumns()]));
    const steps = read({ counts, onLeftOut: (file, column, reason) => left.get(file)!.add(column, reason) });
    const lines = surveys.reduce((sum, one) => sum + one.lines, 0);
    const run = new ImportRun(options, feed, lines);
    for await (const step of steps) {
      if (walking?.takes(step) === false) break;
      const isNew = await run.take(step);
      await walking?.after(step, isNew);
    }
    await run.end(walking?.end() ?? endOf(surveys, options));
    for (const line of run.kinds.told()) say(line);
    for (const [file, columns] of left) for (const line of leftOutTexts(file, columns.all)) say(line);
    sayLate(all, counts, say);
    const result = { counts: run.counts, files: surveys, columns: counts, badLines: run.shown, absent };
    return run.counts.older === 0
      ? result
      : { ...result, eventsRetainedFrom: await eventsRetainedFrom(tools.backbone) };
  } catch (error) {
    throw hasCode(error, "FENCED") ? endedByAnother(blueprint.useCase, error) : error;
  } finally {
    await feed.close();
  }
}

function endedByAnother(useCase: string, cause: unknown): StreamsError {
  const message =
    `another import of ${useCase} has begun since, and has ended this one: the lines published so far stay. Wait for the end of the other ` +
    "one; the same command then adds what is missing";
  return new StreamsError("FENCED", message, cause);
}

/** @returns the columns that are missing */
function checkColumns(all: readonly FileColumns[], { strict, say }: Importing): AbsentColumn[] {
  const found = all.map(lookAtColumns);
  const errors = found.flatMap((one) => one.errors);
  const notes = found.flatMap((one) => one.notes);
  tell(errors, notes, { strict, say });
  return all.flatMap(({ file }, at) => found[at]!.absent.map((column) => ({ file, column })));
}

function tell(
  errors: readonly string[],
  notes: readonly string[],
  { strict, say }: Pick<Importing, "strict" | "say">,
): void {
  const wrong = strict ? [...errors, ...notes] : errors;
  if (wrong.length > 0) throw new HistoryError(`${wrong.join("\n")}\nNothing was published.`);
  for (const note of notes) say(note);
}

/** Of JSON lines, names that the first lines did not have. */
function sayLate(all: readonly FileColumns[], counts: ReadonlyMap<string, ColumnCounts>, say: Importing["say"]): void {
  for (const { file, required, declared, byKind = new Map() } of all) {
    const looked = new Set([...required, ...declared, ...[...byKind.values()].flat()]);
    for (const name of counts.get(file)!.late) if (!looked.has(name)) say(unknownText(file, name, declared));
  }
}
