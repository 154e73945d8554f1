import {
  contextTypes,
  decisionKeys,
  groupableEntries,
  observationTypes,
  type Blueprint,
  type DecisionKeys,
  type ValueTypes,
} from "../../blueprints/index.ts";
import { streamsLimits, type Published } from "../../streams/index.ts";
import type { ColumnCounts } from "./column-counts.ts";
import { loggedOf } from "./logged-cells.ts";
import { badLineName, decisionName, OccurrenceNames, type LineName } from "./line-names.ts";
import {
  besideContext,
  eventOf,
  eventTypes,
  eventRecord,
  nameOf,
  observationRecord,
  recordProblem,
  requestRecord,
  unitOf,
  valuesOf,
  type CellProblem,
  type HistoryColumns,
} from "./records.ts";
import { sortDefaults, sortedLines, type SortOptions } from "./sorted-lines.ts";
import { takeStep, type StepSize } from "./take-step.ts";
import { LinesAhead, timedLines, type BadTimedLine, type LineSource, type TimedLine } from "./timed-lines.ts";

export interface HistoryFiles {
  readonly decisions?: string | undefined;
  readonly observations?: string | undefined;
  /** Events of no decision. */
  readonly events?: string | undefined;
}

/** A line that could not be used. */
export interface BadLine {
  readonly file: string;
  readonly line: number;
  readonly problem: string;
  readonly text: string;
  readonly name: LineName;
}

/** A line as it is published. */
export interface HistoryLine {
  readonly name: LineName;
  /** A request; an observation, and behind it the event that it also is; an event of no decision. */
  readonly records: readonly Published<unknown>[];
  /** The event among them has no keys of a decision: it is not in the file before it, or its TTL was over. */
  readonly keyless?: boolean;
}

export const recordsOf = (lines: readonly HistoryLine[]): readonly Published<unknown>[] =>
  lines.flatMap(({ records }) => records);

/** What happened up to, and without, one moment of event time. */
export interface HistoryStep {
  /** Where its stretch of `stepMs` begins; event time, ms. Its lines are of that stretch, but for bad ones before the first good one. */
  readonly from: number;
  /** Event time, ms: everything before it has been read, and nothing behind it is in the step. */
  readonly until: number;
  readonly requests: readonly HistoryLine[];
  readonly outcomes: readonly HistoryLine[];
  /** Events of no decision. */
  readonly events: readonly HistoryLine[];
  readonly bad: readonly BadLine[];
}

export interface ReadOptions {
  readonly stepMs: number;
  /** Event time, ms: a later line can't be used. Default: none is. */
  readonly latest?: number;
  /** Files that are not in the order of their times. */
  readonly unsorted?: ReadonlySet<string>;
  readonly sort?: Omit<SortOptions, "file">;
  /** Where a step ends though its time is not over. */
  readonly stepSize?: StepSize;
  /** Keys of decisions from before the files, in the order of their times. */
  readonly known?: KnownKeys;
  readonly counts?: ReadonlyMap<string, ColumnCounts>;
}

/** The keys that a decision's events have, until the join takes no more of them. By decision id. */
export type KnownKeys = Map<string, { readonly until: number; readonly keys: DecisionKeys }>;

const fullStep: StepSize = { lines: streamsLimits.importStepLines, bytes: streamsLimits.importStepBytes };
const MOST_BAD = 1_000;

/** What is read of each file. */
export function sourcesOf(files: HistoryFiles, columns: HistoryColumns, latest = Infinity): readonly LineSource[] {
  const id = columns.decisionId;
  const { decisions, observations, events } = files;
  const { times, decisionTime, observationTime, eventTime = observationTime } = columns;
  const all = { latest, times };
  return [
    ...(decisions === undefined ? [] : [{ ...all, file: decisions, id, time: decisionTime }]),
    ...(observations === undefined ? [] : [{ ...all, file: observations, id, time: observationTime }]),
    ...(events === undefined ? [] : [{ ...all, file: events, time: eventTime }]),
  ];
}

/**
 * Files of history, each in the order of its times or sorted here, as steps of event time. Keys of a decision are remembered for the events of its
 * observations until the join's TTL: in memory are the keys of one TTL, and the lines of one step, which are `importStepLines` and `importStepBytes` at most.
 */
export async function* readHistory(
  files: HistoryFiles,
  columns: HistoryColumns,
  blueprint: Blueprint,
  options: ReadOptions,
): AsyncGenerator<HistoryStep> {
  const { stepMs, latest, stepSize = fullStep } = options;
  const lines = new Map(
    sourcesOf(files, columns, latest).map((source) => [source.file, new LinesAhead(linesOf(source, options))]),
  );
  const startOf = (time: number): number => Math.floor(time / stepMs) * stepMs;
  const maker = new LineMaker(files, columns, blueprint, options);
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
  const lines = timedLines(source);
  return unsorted?.has(source.file) === true ? sortedLines(lines, { ...sort, file: source.file }) : lines;
}

/** A line as it is published, or why it is not. */
type Made = HistoryLine | CellProblem | { readonly problem: string };

/** Makes records of lines, and of those a step. */
class LineMaker {
  bad: BadLine[] = [];
  #requests: HistoryLine[] = [];
  #outcomes: HistoryLine[] = [];
  #events: HistoryLine[] = [];
  readonly #files: HistoryFiles;
  readonly #columns: HistoryColumns;
  readonly #blueprint: Blueprint;
  readonly #counts: ReadonlyMap<string, ColumnCounts>;
  readonly #known: KnownKeys;
  readonly #groupable: readonly string[];
  readonly #types: { readonly context: ValueTypes; readonly observation: ValueTypes; readonly event: ValueTypes };
  readonly #besideContext: readonly string[];
  readonly #observed = new OccurrenceNames();
  readonly #happened = new OccurrenceNames();

  constructor(files: HistoryFiles, columns: HistoryColumns, blueprint: Blueprint, options: ReadOptions) {
    this.#files = files;
    this.#columns = columns;
    this.#blueprint = blueprint;
    this.#counts = options.counts ?? new Map();
    this.#known = options.known ?? new Map();
    this.#groupable = groupableEntries(blueprint);
    this.#types = {
      context: contextTypes(blueprint),
      observation: observationTypes(blueprint),
      event: eventTypes(blueprint),
    };
    this.#besideContext = besideContext(columns, this.#types.context);
  }

  addUntimed(file: string, { line, problem, text, cells, column }: BadTimedLine): void {
    if (cells !== undefined) this.#counts.get(file)?.take(cells, column, problem);
    this.addBad(file, line, problem, text);
  }

  addBad(file: string, line: number, problem: string, text: string): void {
    this.bad.push({ file, line, problem, text, name: badLineName(file, line, text) });
  }

  add(file: string, one: TimedLine): void {
    const { decisions, observations } = this.#files;
    const made =
      file === decisions ? this.#decision(one) : file === observations ? this.#observation(one) : this.#event(one);
    const column = "column" in made ? made.column : undefined;
    this.#counts.get(file)?.take(one.cells, column);
    const problem = "problem" in made ? made.problem : undefined;
    if (problem !== undefined) {
      const text = column === undefined ? problem : `${column} ${problem}`;
      return this.addBad(file, one.line, text, JSON.stringify(one.cells));
    }
    const to = file === decisions ? this.#requests : file === observations ? this.#outcomes : this.#events;
    to.push(made as HistoryLine);
  }

  #decision({ id, time, cells }: TimedLine): Made {
    const unit = unitOf(cells, this.#columns);
    if (typeof unit === "object") return unit;
    const read = valuesOf(cells, this.#types.context, this.#besideContext);
    if ("problem" in read) return read;
    const action = loggedOf(cells, this.#columns, this.#blueprint.decisionSpace);
    if ("problem" in action) return action;
    const request = requestRecord(this.#blueprint, id, unit ?? id, read.values, time, action.logged);
    const problem = recordProblem(request);
    if (problem !== undefined) return { problem };
    const until = time + this.#blueprint.join.ttlMs;
    this.#known.set(id, { until, keys: decisionKeys(this.#groupable, read.values) });
    return { name: decisionName(id, time), records: [request] };
  }

  #observation({ id, time, cells }: TimedLine): Made {
    const { decisionId, observationTime } = this.#columns;
    const read = valuesOf(cells, this.#types.observation, [decisionId, observationTime]);
    if ("problem" in read) return read;
    const { values } = read;
    const decision = this.#known.get(id);
    const keys = decision !== undefined && time < decision.until ? decision.keys : undefined;
    const event = eventRecord(id, keys ?? {}, values, time);
    const name = this.#observed.of(id, time, values);
    const observation = observationRecord(this.#blueprint, id, values, time, name.toString(16));
    const records = event === undefined ? [observation] : [observation, event];
    const problem = records.map(recordProblem).find((text) => text !== undefined);
    if (problem !== undefined) return { problem };
    return { name, records, ...(event !== undefined && keys === undefined ? { keyless: true } : {}) };
  }

  #event({ time, cells }: TimedLine): Made {
    const { kind: fixed, kindColumn = "kind", eventTime, observationTime } = this.#columns;
    const kind = fixed ?? nameOf(cells[kindColumn] ?? null);
    if (kind === null || kind === undefined) return { column: kindColumn, problem: "is empty: an event has a kind" };
    const read = valuesOf(cells, this.#types.event, [kindColumn, eventTime ?? observationTime]);
    if ("problem" in read) return read;
    const event = eventOf(kind, read.values, time);
    const problem = recordProblem(event);
    if (problem !== undefined) return { problem };
    return { name: this.#happened.of("", time, { ...read.values, kind }), records: [event] };
  }

  step(from: number, until: number): HistoryStep {
    const step = {
      from,
      until,
      requests: this.#requests,
      outcomes: this.#outcomes,
      events: this.#events,
      bad: this.bad,
    };
    this.#requests = [];
    this.#outcomes = [];
    this.#events = [];
    this.bad = [];
    return step;
  }

  forget(until: number): void {
    for (const [id, known] of this.#known) {
      if (known.until >= until) break;
      this.#known.delete(id);
    }
  }
}
