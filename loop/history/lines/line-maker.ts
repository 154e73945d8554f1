import {
  contextTypes,
  decisionKeys,
  keysByOption,
  keysWithOption,
  keysWithUnit,
  groupableEntries,
  misfitText,
  observationTypes,
  type Blueprint,
  type DecisionKeys,
  type ValueTypes,
} from "../../../blueprints/index.ts";
import type { Published } from "../../../streams/index.ts";
import { badLineName, decisionFacts, eventFacts, observationFacts, OccurrenceNames } from "../again/line-names.ts";
import { isRanked } from "../columns/kind-needs.ts";
import type { ColumnCounts } from "../columns/column-counts.ts";
import { BadDecisions } from "../left-out/bad-decisions.ts";
import { fittingRecords } from "../left-out/fitting-values.ts";
import { RepeatedLines, repeatedText } from "../left-out/repeated-lines.ts";
import { candidatesIn, candidateTypes } from "./candidate-cells.ts";
import type { BadLine, HistoryLine, HistoryStep } from "./history-step.ts";
import { loggedOf } from "./logged-cells.ts";
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
  type Cell,
  type CellProblem,
  type HistoryColumns,
} from "./records.ts";
import type { HistoryFiles } from "../history-table.ts";
import type { BadTimedLine, TimedLine } from "./timed-lines.ts";
import { TypedCellReader } from "./typed-cells.ts";

/** The keys that a decision's events have, until the join takes no more of them. By decision id. */
export type KnownKeys = Map<string, DecisionKnown>;

interface DecisionKnown {
  readonly until: number;
  readonly keys: DecisionKeys;
  /** By option; only the ids of options that are not there are known. */
  readonly ofOptions: ReadonlyMap<string, DecisionKeys>;
}

/** A line as it is published, or why it is not. */
type Made = HistoryLine | CellProblem | { readonly problem: string } | typeof WAITING | typeof REPEATED;

/** An observation whose decision's line is bad. */
const WAITING = Symbol("waiting");
/** A line, or the observation of one, that was there before with the same values. */
const REPEATED = Symbol("repeated");

/** Told of each value that is left out of a line since the line would be over a limit with it. */
export type OnLeftOut = (file: string, column: string, reason: string) => void;

interface MakerOptions {
  readonly known?: KnownKeys;
  readonly counts?: ReadonlyMap<string, ColumnCounts>;
  readonly onLeftOut?: OnLeftOut;
  readonly repeated?: RepeatedLines;
  /** The lines of observations are those of decisions. */
  readonly isOneFile?: boolean;
  /** By file: the name of a column in messages. */
  readonly keyOf?: ReadonlyMap<string, ((column: string) => string) | undefined>;
}

/** Makes records of lines, and of those a step. */
export class LineMaker {
  bad: BadLine[] = [];
  #requests: HistoryLine[] = [];
  #outcomes: HistoryLine[] = [];
  #events: HistoryLine[] = [];
  #waiting = 0;
  #repeatedLines = 0;
  readonly #files: HistoryFiles;
  readonly #columns: HistoryColumns;
  readonly #blueprint: Blueprint;
  readonly #isRanking: boolean;
  readonly #counts: ReadonlyMap<string, ColumnCounts>;
  readonly #known: KnownKeys;
  readonly #badDecisions: BadDecisions;
  readonly #onLeftOut: OnLeftOut;
  readonly #repeated: RepeatedLines;
  readonly #isOneFile: boolean;
  readonly #keyOf: NonNullable<MakerOptions["keyOf"]>;
  readonly #groupable: readonly string[];
  readonly #ofOptions: ReturnType<typeof keysByOption>;
  readonly #types: {
    readonly context: ValueTypes;
    readonly observation: ValueTypes;
    readonly event: ValueTypes;
    readonly option: ValueTypes;
  };
  readonly #cells: {
    readonly decision: TypedCellReader;
    readonly observation: TypedCellReader;
    readonly event: TypedCellReader;
  };
  readonly #observed = new OccurrenceNames();
  readonly #happened = new OccurrenceNames();

  constructor(files: HistoryFiles, columns: HistoryColumns, blueprint: Blueprint, options: MakerOptions) {
    this.#files = files;
    this.#columns = columns;
    this.#blueprint = blueprint;
    this.#isRanking = isRanked(blueprint);
    this.#counts = options.counts ?? new Map();
    this.#known = options.known ?? new Map();
    this.#badDecisions = new BadDecisions(blueprint.join.ttlMs);
    this.#onLeftOut = options.onLeftOut ?? (() => undefined);
    this.#repeated = options.repeated ?? new RepeatedLines();
    this.#isOneFile = options.isOneFile === true;
    this.#keyOf = options.keyOf ?? new Map();
    this.#groupable = groupableEntries(blueprint);
    this.#ofOptions = keysByOption(blueprint);
    this.#types = {
      context: contextTypes(blueprint),
      observation: observationTypes(blueprint),
      event: eventTypes(blueprint),
      option: candidateTypes(blueprint.decisionSpace),
    };
    const { decisionId, observationTime, optionId, kindColumn = "kind", eventTime = observationTime } = columns;
    const besideValues = [decisionId, observationTime, ...(optionId === undefined ? [] : [optionId])];
    this.#cells = {
      decision: new TypedCellReader(this.#types.context, besideContext(columns, this.#types.context)),
      observation: new TypedCellReader(this.#types.observation, besideValues),
      event: new TypedCellReader(this.#types.event, [kindColumn, eventTime]),
    };
  }

  addUntimed(file: string, { line, time, problem, text, cells, column }: BadTimedLine): void {
    if (cells !== undefined) {
      this.#counts.get(file)?.take(cells, column, problem);
      const id = file === this.#files.decisions ? nameOf(cells[this.#columns.decisionId] ?? null) : null;
      if (typeof id === "string") this.#badDecisions.add(id, time);
    }
    this.#addBad(file, line, problem, text);
  }

  #addBad(file: string, line: number, problem: string, text: string): void {
    this.bad.push({ file, line, problem, text, name: badLineName(file, line, text) });
  }

  add(file: string, one: TimedLine): void {
    const { decisions, observations } = this.#files;
    if (file === decisions) this.#badDecisions.settle(one.time);
    const made =
      file === decisions ? this.#decision(one) : file === observations ? this.#observation(one) : this.#event(one);
    if (made === WAITING || made === REPEATED) {
      this.#counts.get(file)?.take(one.cells);
      if (made === WAITING) this.#waiting += 1;
      else this.#repeatedLines += 1;
      return;
    }
    const column = "column" in made ? made.column : undefined;
    this.#counts.get(file)?.take(one.cells, column);
    const problem = "problem" in made ? made.problem : undefined;
    if (problem !== undefined) {
      const text = column === undefined ? problem : `${this.#keyOf.get(file)?.(column) ?? column} ${problem}`;
      // The line that had the id first may be a good one.
      if (file === decisions && this.#repeated.firstOf(one.line) === undefined)
        this.#badDecisions.add(one.id, one.time);
      return this.#addBad(file, one.line, text, JSON.stringify(one.cells));
    }
    const to = file === decisions ? this.#requests : file === observations ? this.#outcomes : this.#events;
    to.push(made as HistoryLine);
  }

  #decision({ line, id, time, cells }: TimedLine): Made {
    if (this.#repeated.isSame(line)) return REPEATED;
    const unit = unitOf(cells, this.#columns);
    if (typeof unit === "object") return unit;
    const read = this.#cells.decision.read(cells);
    if ("problem" in read) return read;
    const options = candidatesIn(cells, this.#columns.candidates, this.#types.option);
    if ("problem" in options) return options;
    const { candidates } = options;
    const action = loggedOf(cells, this.#columns, this.#blueprint.decisionSpace, candidates, this.#isRanking);
    if ("problem" in action) return action;
    const made = this.#records(this.#files.decisions!, read.values, this.#types.context, (values) => [
      requestRecord(this.#blueprint, id, unit ?? id, values, time, action.logged, candidates),
    ]);
    if ("problem" in made) return made;
    const first = this.#repeated.firstOf(line);
    if (first !== undefined) return { problem: repeatedText(id, this.#files.decisions!, first) };
    const until = time + this.#blueprint.join.ttlMs;
    const keys = keysWithUnit(decisionKeys(this.#groupable, read.values), unit ?? id);
    this.#known.set(id, { until, keys, ofOptions: this.#ofOptions(candidates) });
    const facts = decisionFacts(id, time, read.values, action.logged, candidates, read.texts);
    return { name: facts.place, line, facts, records: made.records };
  }

  /** The records of a line, without undeclared values that they have no room for. */
  #records(
    file: string,
    values: Record<string, Cell>,
    types: ValueTypes,
    make: (values: Record<string, Cell>) => readonly Published<unknown>[],
  ): { readonly records: readonly Published<unknown>[] } | { readonly problem: string } {
    const records = make(values);
    const problem = records.map(recordProblem).find((text) => text !== undefined);
    if (problem === undefined) return { records };
    // An observation may hold its kind, and keys of its own.
    const isDeclared = (name: string): boolean => types.has(name) || name === "kind" || this.#groupable.includes(name);
    const fitting = fittingRecords(values, isDeclared, make, (column, reason) => this.#onLeftOut(file, column, reason));
    return fitting === undefined ? { problem } : { records: fitting };
  }

  #observation({ line, id, time, cells }: TimedLine): Made {
    if (this.#isOneFile && this.#repeated.isSame(line)) return REPEATED;
    // Of a file of its own: nobody knows which of the two decisions was observed.
    if (this.#isOneFile ? this.#repeated.firstOf(line) !== undefined : this.#repeated.isOf(id)) return WAITING;
    const { optionId: column } = this.#columns;
    const read = this.#cells.observation.read(cells);
    if ("problem" in read) return read;
    const option = column === undefined ? null : (cells[column] ?? null);
    const named = nameOf(option);
    if (named === undefined) return { column: column!, problem: misfitText("key", option) };
    const optionId = named ?? "";
    const { values } = read;
    const decision = this.#known.get(id);
    const isOpen = decision !== undefined && time < decision.until;
    const keys = isOpen ? decision.keys : undefined;
    const name = this.#observed.of(id, time, values, optionId);
    const all = keysWithOption(keys ?? {}, optionId, isOpen ? decision.ofOptions.get(optionId) : undefined);
    if (decision === undefined && this.#badDecisions.has(id, time)) return WAITING;
    const made = this.#records(this.#files.observations!, values, this.#types.observation, (some) => {
      const observation = observationRecord(this.#blueprint, id, some, time, name.toString(16), optionId);
      const event = eventRecord(id, all, some, time);
      return event === undefined ? [observation] : [observation, event];
    });
    if ("problem" in made) return made;
    const { records } = made;
    const facts = observationFacts(id, time, values, optionId);
    if (records.length === 1 || keys !== undefined) return { name, line, facts, records };
    return { name, line, facts: { ...facts, keyless: true }, records, keyless: true };
  }

  #event({ line, time, cells }: TimedLine): Made {
    const { kind: fixed, kindColumn = "kind" } = this.#columns;
    const kind = fixed ?? nameOf(cells[kindColumn] ?? null);
    if (kind === null || kind === undefined) return { column: kindColumn, problem: "is empty: an event has a kind" };
    const read = this.#cells.event.read(cells);
    if ("problem" in read) return read;
    const { values } = read;
    const made = this.#records(this.#files.events!, values, this.#types.event, (some) => [eventOf(kind, some, time)]);
    if ("problem" in made) return made;
    const facts = eventFacts(kind, time, values, (name) => this.#types.event.get(name) === "field");
    return { name: this.#happened.of("", time, { ...values, kind }), line, facts, records: made.records };
  }

  step(from: number, until: number): HistoryStep {
    const step = {
      from,
      until,
      requests: this.#requests,
      outcomes: this.#outcomes,
      events: this.#events,
      bad: this.bad,
      ...(this.#waiting === 0 ? {} : { waiting: this.#waiting }),
      ...(this.#repeatedLines === 0 ? {} : { repeated: this.#repeatedLines }),
    };
    [this.#waiting, this.#repeatedLines] = [0, 0];
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
    this.#badDecisions.forget(until);
  }
}
