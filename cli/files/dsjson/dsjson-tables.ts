import { isOverOptions, type Blueprint } from "../../../blueprints/index.ts";
import type { ColumnNames, HistoryHead, HistoryRow, HistoryTable, TimeReading } from "../../../loop/index.ts";
import { setOwn } from "../../../streams/index.ts";
import { tableError, TableError } from "../table-error.ts";
import { headLines } from "../table-head.ts";
import { PDROP } from "./dsjson-line.ts";
import { optionCells } from "./option-cells.ts";
import { readDsjson, type LoggedLine } from "./read-dsjson.ts";

/** Columns of the lines. No feature has such a name: those that begin with `_` are none. */
const COLUMNS = {
  ...{ decisionId: "_EventId", time: "_Timestamp", observationTime: "_Timestamp", unit: "_Unit" },
  ...{ action: "_label_Action", propensity: "_label_probability", distribution: "_p", candidates: "_multi" },
} satisfies ColumnNames;
/** Of these columns the keys of a line that have no `_`. */
const KEYS: ReadonlyMap<string, string> = new Map(["EventId", "Timestamp", "Unit", "p"].map((key) => [`_${key}`, key]));
const keyOf = (column: string): string => KEYS.get(column) ?? column;

export interface DsjsonTables {
  readonly decisions: HistoryTable;
  /** The costs, as one observation a line. */
  readonly observations: HistoryTable;
  readonly columns: ColumnNames;
  /** How many lines are of decisions that were never shown; of the last reading. */
  skipped(): number;
  /** How many lines say that others were left out at random, which no row of this blueprint will; of the last reading. */
  droppedUnkept(): number;
}

/**
 * A file of dsjson as history: decisions with their options, the action that was taken and its probabilities, and minus
 * the cost as an observation at the decision's time.
 * @param reward the entry of the observation
 * @param times how times are read that name no zone
 */
export function dsjsonTables(path: string, blueprint: Blueprint, reward: string, times: TimeReading): DsjsonTables {
  const gzip = path.toLowerCase().endsWith(".gz");
  const options = optionCells(blueprint);
  const read = (line: LoggedLine): ReturnType<typeof options> => droppedProblem(line) ?? options(line);
  const isKept = keepsDropped(blueprint);
  let [skipped, unkept] = [0, 0];
  const hasCandidates = blueprint.decisionSpace.kind === "options" || isOverOptions(blueprint);
  const { candidates, ...others } = COLUMNS;
  const columns = hasCandidates ? COLUMNS : others;
  async function* decisionRows(): AsyncGenerator<HistoryRow> {
    let [count, ofDropped] = [0, 0];
    for await (const one of linesOf(path, gzip, times)) {
      if ("skipped" in one) count += 1;
      else {
        if (!isKept && "dropped" in one && one.dropped > 0) ofDropped += 1;
        yield "problem" in one ? one : decisionOf(one);
      }
    }
    [skipped, unkept] = [count, ofDropped];
  }
  async function* costRows(): AsyncGenerator<HistoryRow> {
    for await (const one of linesOf(path, gzip, times)) {
      const row = "skipped" in one || "problem" in one ? undefined : costOf(one);
      if (row !== undefined) yield row;
    }
  }
  const decisionOf = (line: LoggedLine): HistoryRow => {
    const { shared, decisionId, time, unit, propensity, dropped, cost } = line;
    const told = read(line);
    if ("problem" in told) return { line: line.line, text: line.text, problem: told.problem };
    const values = { ...shared.values };
    if ((dropped > 0 || Object.hasOwn(blueprint.context, PDROP)) && !Object.hasOwn(values, PDROP))
      setOwn(values, PDROP, dropped);
    Object.assign(values, {
      ...{ [columns.decisionId]: decisionId, [columns.time]: time, [columns.unit]: unit },
      ...{ [columns.action]: told.action, [columns.propensity]: propensity, [columns.distribution]: told.distribution },
      ...(hasCandidates ? { [candidates]: told.candidates } : {}),
    });
    const unfit = new Map([...shared.unfit, ...[...shared.lists.keys()].map((name) => [name, "a list"] as const)]);
    if (unfit.size === 0) return { line: line.line, values, beside: cost };
    return { line: line.line, values, beside: cost, unfit, lists: shared.lists, text: line.text };
  };
  const costOf = (one: LoggedLine): HistoryRow | undefined => {
    const { line, decisionId, time, cost } = one;
    if (cost === undefined || "problem" in read(one)) return undefined;
    return { line, values: { [columns.decisionId]: decisionId, [columns.time]: time, [reward]: 0 - cost } };
  };
  return {
    columns,
    skipped: () => skipped,
    droppedUnkept: () => unkept,
    decisions: { name: path, head: () => headOf(path, decisionRows()), lines: decisionRows, keyOf },
    observations: {
      name: `${path} (costs)`,
      head: () => Promise.resolve({ columns: [columns.decisionId, columns.time, reward], open: false }),
      lines: costRows,
      keyOf,
      ofDecisions: true,
    },
  };
}

function droppedProblem({ shared: { values }, dropped }: LoggedLine): { readonly problem: string } | undefined {
  if (dropped === 0 || !Object.hasOwn(values, PDROP) || values[PDROP] === dropped) return undefined;
  const own = JSON.stringify(values[PDROP]);
  return { problem: `pdrop is ${dropped}, and the feature of that name in c is ${own}: give the feature another name` };
}

/** Records of decisions have the features alone. */
const keepsDropped = ({ context, features }: Blueprint): boolean =>
  Object.hasOwn(context, PDROP) && features.some(({ name }) => name === PDROP);

async function* linesOf(path: string, gzip: boolean, times: TimeReading): ReturnType<typeof readDsjson> {
  try {
    yield* readDsjson(path, gzip, times);
  } catch (error) {
    throw tableError(path, error);
  }
}

/** The columns of the first lines that can be used; throws a `TableError` without one. */
async function headOf(path: string, rows: AsyncIterable<HistoryRow>): Promise<HistoryHead> {
  const names = new Set<string>();
  let lines = 0;
  let problem: string | undefined;
  for await (const row of rows) {
    if ("problem" in row) problem ??= `line ${row.line} ${row.problem}`;
    else for (const name of [...Object.keys(row.values), ...(row.lists?.keys() ?? [])]) names.add(name);
    if (++lines === headLines) break;
  }
  if (names.size === 0) throw new TableError(path, `no line is a decision as dsjson. ${problem ?? "It is empty"}.`);
  return { columns: [...names], open: true };
}
