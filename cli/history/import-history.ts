import { formatDuration, rowWaitMs, type Blueprint } from "../../blueprints/index.ts";
import { decisionRequests, observations } from "../../schemas/index.ts";
import { hasCode, StreamsError, streamsLimits, type Backbone } from "../../streams/index.ts";
import { eventsRetainedFrom, type Loop, type Tools } from "../../loop/index.ts";
import { UsageError } from "../exit-codes.ts";
import { ColumnCounts } from "./column-counts.ts";
import { lookAtColumns, readColumns, unknownText, type ColumnFlags, type FileColumns } from "./columns.ts";
import { ImportFeed, type LineCounts } from "./import-feed.ts";
import { keysBefore } from "./keys-before.ts";
import { HOUR } from "./again/ledger.ts";
import { LeftOutColumns, leftOutTexts } from "./left-out/left-out-columns.ts";
import { LackingFields } from "./kind-needs.ts";
import { KindCounts } from "./kind-counts.ts";
import type { BadLine, HistoryStep } from "./line-maker.ts";
import { lookForChanges, type ChangedPolicy } from "./again/look-for-changes.ts";
import { readHistory, sourcesOf, type ReadOptions } from "./read-history.ts";
import type { HistoryFiles } from "./records.ts";
import type { StepSize } from "./take-step.ts";
import { disorderText, survey, type Survey } from "./survey.ts";

const MOST_LINES_SHOWN = 20;
const MOST_LINES_SAID = 5;

export interface ImportOptions {
  readonly id: string;
  readonly tools: Tools;
  /** The loop, where it runs here: each step is handled before the next is published. */
  readonly loop: Loop | undefined;
  readonly blueprint: Blueprint;
  readonly files: HistoryFiles;
  readonly flags: ColumnFlags;
  /** A column that is missing or unknown is an error. */
  readonly strict: boolean;
  readonly sort: boolean;
  /** What becomes of lines that differ from what was imported before; absent: nothing is imported then. */
  readonly changed?: ChangedPolicy | undefined;
  /** Nothing is published. */
  readonly dryRun: boolean;
  /** Absent: the limits'. */
  readonly stepSize?: StepSize;
  /** What a person is told while it goes on. */
  readonly say: (line: string) => void;
  readonly onProgress: (lines: number, text: string) => void;
}

export interface ImportResult {
  readonly counts: LineCounts;
  readonly files: readonly Survey[];
  readonly columns: ReadonlyMap<string, ColumnCounts>;
  /** The first lines that could not be used. */
  readonly badLines: readonly BadLine[];
  /** Columns that the blueprint looks for, and that no line has. */
  readonly absent: readonly AbsentColumn[];
  /** Where lines are older than what was imported before: events from before are gone from their topic, ms; `-Infinity`: none is. */
  readonly eventsRetainedFrom?: number;
}

export interface AbsentColumn {
  readonly file: string;
  readonly column: string;
}

/** Files of history as records, after all that can be known of them before has been looked at. */
export async function importHistory(options: ImportOptions): Promise<ImportResult> {
  const { files, flags, blueprint, say, dryRun } = options;
  const { columns, all } = await readColumns(files, flags, blueprint);
  const absent = checkColumns(all, options);
  const latest = Date.now() + streamsLimits.maxFutureMs;
  const surveys: Survey[] = [];
  const lacking: string[] = [];
  for (const source of sourcesOf(files, columns, blueprint, latest)) {
    const its = all.find(({ file }) => file === source.file)!;
    const fields = new LackingFields(its.byKind ?? new Map());
    const onLine = (lines: number): void => options.onProgress(lines, `looked at in ${source.file}`);
    const found = await survey(source, onLine, its.byKind && ((cells) => fields.take(cells)));
    surveys.push(found);
    lacking.push(...leftOutTexts(source.file, found.unfit));
    lacking.push(...fields.notes(its));
    absent.push(...fields.names.map((column) => ({ file: its.file, column })));
  }
  tell([], lacking, options);
  const unsorted = surveys.filter(({ disorder }) => disorder !== undefined);
  if (unsorted.length > 0 && !options.sort) throw new UsageError(unsorted.map(disorderText).join("\n"));
  const counts = new Map(all.map(({ file, head }) => [file, new ColumnCounts(head.columns, head.open)]));
  const { id, tools } = options;
  const feed = await ImportFeed.open(tools, { id, useCase: blueprint.useCase, dryRun });
  try {
    const known = await keysBefore(feed, options, surveys);
    const unsortedFiles = new Set(unsorted.map(({ file }) => file));
    const reading = {
      stepMs: HOUR,
      latest,
      unsorted: unsortedFiles,
      ...(options.stepSize === undefined ? {} : { stepSize: options.stepSize }),
    };
    const read = (more: Pick<ReadOptions, "counts" | "onLeftOut"> = {}): ReturnType<typeof readHistory> =>
      readHistory(files, columns, blueprint, {
        ...reading,
        ...more,
        ...(known === undefined ? {} : { known: new Map(known) }),
      });
    const leftOut = await lookForChanges(feed.ledgers, options, surveys, read);
    if (leftOut !== undefined) feed.leaveOut(leftOut);
    const left = new Map(all.map(({ file }) => [file, new LeftOutColumns()]));
    const steps = read({ counts, onLeftOut: (file, column, reason) => left.get(file)!.add(column, reason) });
    const run = new Run(options, feed);
    for await (const step of steps) await run.take(step);
    await run.end(surveys);
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
    `another import of ${useCase} has begun since, and has ended this one: what this one has published stays. Wait for the end of the other ` +
    "one; the same command then adds what is missing";
  return new StreamsError("FENCED", message, cause);
}

/** @returns the columns that are missing */
function checkColumns(all: readonly FileColumns[], { strict, say }: ImportOptions): AbsentColumn[] {
  const found = all.map(lookAtColumns);
  const errors = found.flatMap((one) => one.errors);
  const notes = found.flatMap((one) => one.notes);
  tell(errors, notes, { strict, say });
  return all.flatMap(({ file }, at) => found[at]!.absent.map((column) => ({ file, column })));
}

function tell(
  errors: readonly string[],
  notes: readonly string[],
  { strict, say }: Pick<ImportOptions, "strict" | "say">,
): void {
  const wrong = strict ? [...errors, ...notes] : errors;
  if (wrong.length > 0) throw new UsageError(`${wrong.join("\n")}\nNothing was published.`);
  for (const note of notes) say(note);
}

/** Of JSON lines, names that the first lines did not have. */
function sayLate(
  all: readonly FileColumns[],
  counts: ReadonlyMap<string, ColumnCounts>,
  say: ImportOptions["say"],
): void {
  for (const { file, required, declared, byKind = new Map() } of all) {
    const looked = new Set([...required, ...declared, ...[...byKind.values()].flat()]);
    for (const name of counts.get(file)!.late) if (!looked.has(name)) say(unknownText(file, name, declared));
  }
}

/** The steps of one import. */
class Run {
  readonly shown: BadLine[] = [];
  readonly kinds: KindCounts;
  readonly #options: ImportOptions;
  readonly #feed: ImportFeed;
  #warned = false;
  #lines = 0;
  #told = 0;

  constructor(options: ImportOptions, feed: ImportFeed) {
    this.#options = options;
    this.#feed = feed;
    this.kinds = new KindCounts(options.blueprint);
  }

  get counts(): LineCounts {
    return this.#feed.counts;
  }

  async take(step: HistoryStep): Promise<void> {
    const { say, loop, tools, onProgress, dryRun } = this.#options;
    if (this.shown.length < MOST_LINES_SHOWN) {
      for (const { file, line, problem } of step.bad.slice(0, MOST_LINES_SAID)) {
        say(`${file}:${line} ${problem}`);
        this.#told += 1;
      }
    }
    this.shown.push(...step.bad.slice(0, MOST_LINES_SHOWN - this.shown.length));
    this.kinds.add(step.outcomes);
    this.kinds.add(step.events);
    this.#lines += step.requests.length + step.outcomes.length + step.events.length;
    onProgress(this.#lines, new Date(step.until).toISOString().slice(0, 13));
    if (!this.#warned && !dryRun) {
      this.#warned = true;
      await warnOfAge(tools.backbone, step.until, say);
      // What an import before has published comes first.
      await loop?.application.idle();
    }
    if (await this.#feed.publish(step)) await loop?.application.idle();
  }

  /** Rows are made of all decisions that the files hold; later files may still correct them. */
  async end(surveys: readonly Survey[]): Promise<void> {
    const { blueprint, files, loop, say, dryRun } = this.#options;
    const more = this.counts.badLines - this.#told;
    if (this.#told > 0 && more > 0)
      say(`and ${more} more lines that can't be used${dryRun ? "" : ": the dead letters have them"}`);
    const ends = surveys.map(({ file, to }) => {
      if (to === null || file === files.events) return Number.NEGATIVE_INFINITY;
      return file === files.decisions ? to + rowWaitMs(blueprint) : to;
    });
    const until = Math.max(...ends);
    if (!Number.isFinite(until)) return;
    await this.#feed.end(until);
    await loop?.application.idle();
  }
}

/** A broker takes away by its own clock, at once, what is older than a topic keeps. */
async function warnOfAge(backbone: Backbone, time: number, say: ImportOptions["say"]): Promise<void> {
  if (backbone.kind !== "kafka") return;
  for (const { topic, retentionMs } of await backbone.retention([decisionRequests.name, observations.name])) {
    if (retentionMs === null || time > Date.now() - retentionMs) continue;
    const lasts = formatDuration(retentionMs);
    say(`${topic} keeps its records for ${lasts}: lines older than that will be read and then removed by the broker`);
  }
}
