import { observationTypes, type Blueprint } from "../../../blueprints/index.ts";
import { streamsLimits } from "../../../streams/index.ts";
import type { ColumnCounts } from "../columns/column-counts.ts";
import { listColumns } from "../columns/columns.ts";
import type { DeclaredParts } from "../columns/kind-needs.ts";
import { given, namesOf, runsOf, type HistoryTable, type HistoryTables } from "../history-table.ts";
import type { RepeatedLines } from "../left-out/repeated-lines.ts";
import { LineMaker, type KnownKeys, type OnLeftOut } from "./line-maker.ts";
import type { HistoryStep } from "./history-step.ts";
import type { HistoryColumns } from "./records.ts";
import { sortDefaults, sortedLines, type SortOptions } from "./sorted-lines.ts";
import { takeStep, type StepSize } from "./take-step.ts";
import { LinesAhead, timedLines, type Line, type LineSource } from "./timed-lines.ts";

export interface ReadOptions {
  readonly stepMs: number;
  /** Event time, ms: a later line can't be used. Default: none is. */
  readonly latest?: number;
  /** Files that are not in the order of their times. */
  readonly unsorted?: ReadonlySet<string>;
  readonly sort?: Omit<SortOptions, "file">;
  /** The size at which a step ends though its time is not over. */
  readonly stepSize?: StepSize;
  /** Keys of decisions from before the files, in the order of their times. */
  readonly known?: KnownKeys;
  readonly counts?: ReadonlyMap<string, ColumnCounts>;
  readonly onLeftOut?: OnLeftOut;
  /** Lines of decisions whose id was there before. */
  readonly repeated?: RepeatedLines;
}

const fullStep: StepSize = { lines: streamsLimits.importStepLines, bytes: streamsLimits.importStepBytes };
const MOST_BAD = 1_000;

/** Columns that lines are looked at for, beside their ids and times. */
function wantedColumns(
  { unit = "", optionId = "", kindColumn = "kind", ...columns }: HistoryColumns,
  blueprint: DeclaredParts,
): { readonly ofDecisions: ReadonlySet<string>; readonly ofEvents: ReadonlySet<string> } {
  const context = Object.keys(blueprint.context);
  const { action = "", propensity = "", distribution = "", candidates = "" } = columns;
  return {
    ofDecisions: new Set([...context, ...unit.split("+"), action, propensity, distribution, candidates]),
    // An observation may hold keys of its own, which count before those of its decision.
    ofEvents: new Set([...context, ...observationTypes(blueprint).keys(), kindColumn, optionId]),
  };
}

/**
 * The source of each file's lines.
 *
 * @param lists columns of decisions that may hold lists; absent: those that are declared as lists or vectors
 */
export function sourcesOf(
  tables: HistoryTables,
  columns: HistoryColumns,
  blueprint: DeclaredParts,
  latest = Infinity,
  lists: LineSource["lists"] = listColumns(columns, blueprint),
): readonly LineSource[] {
  const id = columns.decisionId;
  const { decisions, observations, events } = tables;
  const { times, decisionTime, observationTime, eventTime = observationTime } = columns;
  const of = (table: HistoryTable) => ({
    file: table.name,
    runs: (wanted?: ReadonlySet<string>) => runsOf(table, wanted),
    latest,
    times,
    keyOf: table.keyOf,
  });
  const { ofDecisions, ofEvents } = wantedColumns(columns, blueprint);
  return [
    ...(decisions === undefined
      ? []
      : [{ ...of(decisions), id, time: decisionTime, wanted: ofDecisions, lists, objects: columns.candidates }]),
    ...(observations === undefined ? [] : [{ ...of(observations), id, time: observationTime, wanted: ofEvents }]),
    ...(events === undefined ? [] : [{ ...of(events), time: eventTime, wanted: ofEvents }]),
  ];
}

/**
 * Tables of history, each in the order of its times or sorted here, as steps of event time. Keys of a decision are remembered for the events of its
 * observations until the join's TTL: in memory are the keys of one TTL, and the lines of one step, which are `importStepLines` and `importStepBytes` at most.
 */
export async function* readHistory(
  tables: HistoryTables,
  columns: HistoryColumns,
  blueprint: Blueprint,
  options: ReadOptions,
): AsyncGenerator<HistoryStep> {
  const { stepMs, latest, stepSize = fullStep } = options;
  const lines = new Map(
    sourcesOf(tables, columns, blueprint, latest).map((source) => [
      source.file,
      new LinesAhead(linesOf(source, options)),
    ]),
  );
  const startOf = (time: number): number => Math.floor(time / stepMs) * stepMs;
  const maker = new LineMaker(namesOf(tables), columns, blueprint, {
    ...options,
    isOneFile: tables.observations?.ofDecisions === true,
    keyOf: new Map(given(tables).map(({ name, keyOf }) => [name, keyOf])),
  });
  try {
    let last = 0;
    for (;;) {
      let first = Number.POSITIVE_INFINITY;
      for (const [file, ahead] of lines) {
        // Lines before the first that can be used have no time: they come by themselves.
        for (let next = await ahead.peek(); next !== undefined; next = await ahead.peek()) {
          if (!("problem" in next) || maker.bad.length >= MOST_BAD) {
            first = Math.min(first, next.time);
            break;
          }
          maker.addUntimed(file, next);
          ahead.skip();
        }
      }
      if (maker.bad.length >= MOST_BAD) {
        yield maker.step(startOf(last), last);
        continue;
      }
      if (first === Number.POSITIVE_INFINITY) break;
      const end = startOf(first) + stepMs;
      const taken = await takeStep(lines, end, stepSize);
      for (const [file, these] of taken.lines) {
        for (const one of these) {
          if ("problem" in one) maker.addUntimed(file, one);
          else maker.add(file, one);
        }
      }
      const { until } = taken;
      last = until;
      yield maker.step(startOf(first), until);
      maker.forget(until);
    }
    if (maker.bad.length > 0) yield maker.step(startOf(last), last);
  } finally {
    for (const ahead of lines.values()) await ahead.close();
  }
}

function linesOf(source: LineSource, { unsorted, sort = sortDefaults }: ReadOptions): ReturnType<typeof timedLines> {
  const runs = timedLines(source);
  return unsorted?.has(source.file) === true ? inRuns(sortedLines(eachOf(runs), { ...sort, file: source.file })) : runs;
}

async function* eachOf(runs: AsyncIterable<readonly Line[]>): AsyncGenerator<Line> {
  for await (const run of runs) yield* run;
}

async function* inRuns(lines: AsyncIterable<Line>): AsyncGenerator<readonly Line[], void> {
  for await (const line of lines) yield [line];
}
