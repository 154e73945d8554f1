import {
  contextTypes,
  decisionKeys,
  groupableEntries,
  misfitText,
  observationTypes,
  type Blueprint,
  type DecisionKeys,
} from "../../blueprints/index.ts";
import type { Published } from "../../streams/index.ts";
import { readTable } from "../files/index.ts";
import { readTimeCell, type TimeReading } from "../times/time-cell.ts";
import {
  contextOf,
  eventRecord,
  nameOf,
  observationRecord,
  requestRecord,
  valuesOf,
  type Cell,
  type CellProblem,
  type Cells,
  recordProblem,
  type HistoryColumns,
} from "./records.ts";

export interface HistoryFiles {
  readonly decisions: string;
  readonly observations: string;
}

/** A line that could not be used. */
export interface BadLine {
  readonly file: string;
  readonly line: number;
  readonly problem: string;
  readonly text: string;
}

/** What happened up to, and without, one moment of event time. */
export interface HistoryStep {
  /** Event time, ms: every record is before it. */
  readonly until: number;
  readonly requests: readonly Published<unknown>[];
  /** Observations, and the events they also are. */
  readonly outcomes: readonly Published<unknown>[];
  /** How many of those events have no keys of a decision: it is not in the file before them, or its TTL was over. */
  readonly keyless: number;
  readonly bad: readonly BadLine[];
}

/** What a line must have. */
interface Required {
  /** Columns. */
  readonly id: string;
  readonly time: string;
  /** Event time, ms: nothing may be later. */
  readonly latest: number;
  readonly times: TimeReading | undefined;
}

interface Timed {
  readonly line: number;
  readonly id: string;
  readonly time: number;
  readonly cells: Cells;
}

/**
 * Two files of history, each in the order of its times, as steps of event time. A line out of order is taken with the step it
 * is found in, with its own time. All keys of a decision are remembered for the events of its observations until the join's TTL is over, and the step
 * in which it ends: in memory are the keys of the decisions of one TTL and one step.
 * @param latest event time, ms: a later line can't be used.
 */
export async function* readHistory(
  files: HistoryFiles,
  columns: HistoryColumns,
  blueprint: Blueprint,
  stepMs: number,
  latest = Number.POSITIVE_INFINITY,
): AsyncGenerator<HistoryStep> {
  let bad: BadLine[] = [];
  const read = (file: string, time: string): Peekable<Timed> =>
    peekable(timed(file, { id: columns.decisionId, time, latest, times: columns.times }, (line) => bad.push(line)));
  const types = { context: contextTypes(blueprint), observation: observationTypes(blueprint) };
  const decisions = read(files.decisions, columns.decisionTime);
  const outcomes = read(files.observations, columns.observationTime);
  const groupable = groupableEntries(blueprint);
  const known = new Map<string, { readonly until: number; readonly keys: DecisionKeys }>();
  for (;;) {
    const times = [(await decisions.peek())?.time, (await outcomes.peek())?.time].filter((time) => time !== undefined);
    if (times.length === 0) break;
    const until = (Math.floor(Math.min(...times) / stepMs) + 1) * stepMs;
    const requests: Published<unknown>[] = [];
    const results: Published<unknown>[] = [];
    let keyless = 0;
    for (let next = await decisions.peek(); next !== undefined && next.time < until; next = await decisions.peek()) {
      const { line, id, time, cells } = next;
      decisions.skip();
      const unit = unitOf(cells, columns);
      const read = contextOf(cells, types.context);
      const wrong = typeof unit === "object" ? unit : "problem" in read ? read : undefined;
      if (wrong !== undefined) {
        bad.push(badCell(files.decisions, line, wrong, cells));
        continue;
      }
      const context = (read as { readonly values: Record<string, Cell> }).values;
      const request = requestRecord(blueprint, id, (unit as string | undefined) ?? id, context, time);
      const problem = recordProblem(request);
      if (problem !== undefined) {
        bad.push({ file: files.decisions, line, problem, text: JSON.stringify(cells) });
        continue;
      }
      requests.push(request);
      known.set(id, { until: time + blueprint.join.ttlMs, keys: decisionKeys(groupable, context) });
    }
    for (let next = await outcomes.peek(); next !== undefined && next.time < until; next = await outcomes.peek()) {
      const { line, id, time, cells } = next;
      outcomes.skip();
      const read = valuesOf(cells, types.observation, [columns.decisionId, columns.observationTime]);
      if ("problem" in read) {
        bad.push(badCell(files.observations, line, read, cells));
        continue;
      }
      const { values } = read;
      const observation = observationRecord(blueprint, id, values, time);
      const decision = known.get(id);
      const keys = decision !== undefined && time < decision.until ? decision.keys : undefined;
      const event = eventRecord(id, keys ?? {}, values, time);
      const problem = recordProblem(observation) ?? (event === undefined ? undefined : recordProblem(event));
      if (problem !== undefined) {
        bad.push({ file: files.observations, line, problem, text: JSON.stringify(cells) });
        continue;
      }
      results.push(observation);
      if (event === undefined) continue;
      results.push(event);
      if (keys === undefined) keyless++;
    }
    for (const [id, decision] of known) {
      if (decision.until >= until) break;
      known.delete(id);
    }
    yield { until, requests, outcomes: results, keyless, bad };
    bad = [];
  }
  if (bad.length > 0) yield { until: 0, requests: [], outcomes: [], keyless: 0, bad };
}

/** Several columns joined by `+` make one unit. Undefined: it is the decision's id, since one of them is empty. */
function unitOf(cells: Cells, columns: HistoryColumns): string | CellProblem | undefined {
  if (columns.unit === undefined) return undefined;
  let unit = "";
  for (const column of columns.unit.split("+")) {
    const cell = cells[column] ?? null;
    const part = nameOf(cell);
    if (part === null) return undefined;
    if (part === undefined) return { column, problem: misfitText("key", cell) };
    unit += part;
  }
  return unit;
}

const badCell = (file: string, line: number, { column, problem }: CellProblem, cells: Cells): BadLine => ({
  ...{ file, line, problem: `${column} ${problem}`, text: JSON.stringify(cells) },
});

async function* timed(file: string, required: Required, onBad: (line: BadLine) => void): AsyncGenerator<Timed> {
  for await (const row of readTable(file)) {
    if ("problem" in row) {
      onBad({ file, line: row.line, problem: row.problem, text: row.text });
      continue;
    }
    const { line, values } = row;
    const named = whatAndWhen(values, required);
    if (typeof named === "string") onBad({ file, line, problem: named, text: JSON.stringify(values) });
    else yield { line, ...named, cells: values };
  }
}

/** What is wrong with the cells that every line must have, or what they say. */
function whatAndWhen(cells: Cells, required: Required): string | { readonly id: string; readonly time: number } {
  const { id: idColumn, time: timeColumn, latest, times } = required;
  for (const name of [idColumn, timeColumn]) {
    if (!Object.hasOwn(cells, name)) return `there is no column ${name}: name the right one by an option`;
    if (cells[name] === null || cells[name] === "") return `${name} is empty`;
  }
  const id = nameOf(cells[idColumn]!) ?? undefined;
  if (id === undefined) return `${idColumn} ${misfitText("key", cells[idColumn])}`;
  const time = readTimeCell(cells[timeColumn]!, times);
  if (typeof time === "string") return `${timeColumn} ${time}`;
  if (time > latest) return `${timeColumn} "${cells[timeColumn]!}" lies ahead: history is what has happened`;
  return { id, time };
}

interface Peekable<T> {
  peek(): Promise<T | undefined>;
  skip(): void;
}

function peekable<T>(source: AsyncGenerator<T>): Peekable<T> {
  let ahead: Promise<T | undefined> | undefined;
  return {
    peek: () => (ahead ??= source.next().then((result) => (result.done === true ? undefined : result.value))),
    skip: () => void (ahead = undefined),
  };
}
