import { nearest, vectorLength, type DecisionSpace } from "../../../blueprints/index.ts";
import type { TimeReading } from "../times/time-cell.ts";
import { HistoryError } from "../history-error.ts";
import { given, namesOf, type HistoryHead, type HistoryTables } from "../history-table.ts";
import { isRanked, kindNeeds, type DeclaredParts, type KindNeeds } from "./kind-needs.ts";
import type { HistoryColumns } from "../lines/records.ts";

/** The names of columns, if they differ from the usual ones. */
export interface ColumnNames {
  /** Of the decision id. Absent: `decision_id`. */
  readonly decisionId?: string | undefined;
  /** Of the decision's time. Absent: `decision_ts`. */
  readonly time?: string | undefined;
  /**
   * Of the time of observations and events. Absent: `event_ts`, or the column of the decision's time if the file has
   * only that one.
   */
  readonly observationTime?: string | undefined;
  /** Of the unit, or several joined by +. Absent: the decision id is the unit. */
  readonly unit?: string | undefined;
  /** The kind of all events of no decision. Absent: their column `kind` says it. */
  readonly kind?: string | undefined;
  /** Of the action that was taken. Absent: the policy decides. */
  readonly action?: string | undefined;
  /** Of the probability with which it was taken. */
  readonly propensity?: string | undefined;
  /** Of the probabilities of all actions: a list in the order of the options, or else of the blueprint's actions. */
  readonly distribution?: string | undefined;
  /**
   * Of a decision's options: a list of ids, or of objects with `optionId` and `context`. Absent: `candidates` where the
   * blueprint's options come with the request, else none.
   */
  readonly candidates?: string | undefined;
  /** Of the option that an observation is about. Absent: each is about all options that were shown. */
  readonly optionId?: string | undefined;
  /** How times are read that name no unit or no zone. Absent: such a line can't be used. */
  readonly times?: TimeReading | undefined;
}

export const columnDefaults = Object.freeze({
  decisionId: "decision_id",
  time: "decision_ts",
  /** Where options come with the request. */
  candidates: "candidates",
  /** There too, in a file of observations that has it. */
  optionId: "optionId",
});

/** A file's columns, and those that the blueprint looks for. */
export interface FileColumns {
  readonly file: string;
  readonly head: HistoryHead;
  /** Columns that lines must have. */
  readonly required: readonly string[];
  /** Columns that the blueprint declares. */
  readonly declared: readonly string[];
  /** Columns that lines of some kinds are looked at for: which kinds there are is known when the file has been read. */
  readonly byKind?: KindNeeds;
  /** Columns that may hold lists, where lines can have them. */
  readonly lists?: ReadonlySet<string>;
}

/**
 * The headers of the files, and the columns with the values that every line must have. Throws a `HistoryError`, and
 * errors of the tables.
 */
export async function readColumns(
  tables: HistoryTables,
  names: ColumnNames,
  blueprint: DeclaredParts,
): Promise<{ readonly columns: HistoryColumns; readonly all: readonly FileColumns[] }> {
  checkTables(tables);
  const { decisionId = columnDefaults.decisionId, time: decisionTime = columnDefaults.time } = names;
  const heads = new Map<string, HistoryHead>();
  for (const table of given(tables)) heads.set(table.name, await table.head());
  const timeIn = (file: string | undefined): string => {
    if (names.observationTime !== undefined) return names.observationTime;
    const there = file === undefined ? [] : heads.get(file)!.columns;
    return there.includes("event_ts") || !there.includes(decisionTime) ? "event_ts" : decisionTime;
  };
  const { decisions, observations, events } = namesOf(tables);
  const columns: HistoryColumns = {
    ...{ decisionId, decisionTime },
    observationTime: timeIn(observations),
    eventTime: timeIn(events),
    ...{ times: names.times, unit: names.unit, kind: names.kind },
    ...actionColumns(names, tables, isRanked(blueprint)),
    ...optionColumns(
      names,
      tables,
      blueprint.decisionSpace,
      observations === undefined ? undefined : heads.get(observations),
    ),
  };
  const units = columns.unit?.split("+") ?? [];
  const { action, propensity, distribution, candidates } = columns;
  const actions = [action, propensity, distribution, candidates].filter((name) => name !== undefined);
  const kind = Object.keys(blueprint.events).length === 0 ? [] : ["kind"];
  const of = (
    file: string | undefined,
    required: readonly string[],
    declared: readonly string[],
    needs: KindNeeds = new Map(),
  ): FileColumns[] => {
    if (file === undefined) return [];
    const head = heads.get(file)!;
    if (head.columns.includes("kind"))
      return [{ file, head, required, declared: [...new Set(declared)], byKind: needs }];
    return [{ file, head, required, declared: [...new Set([...declared, ...[...needs.values()].flat()])] }];
  };
  const fields = new Set(Object.values(blueprint.events).flatMap((kind) => kind.fields));
  const eventNeeds = kindNeeds(blueprint, true);
  const ofKind = names.kind === undefined ? undefined : (eventNeeds.get(names.kind) ?? []);
  const all = [
    ...of(decisions, [decisionId, decisionTime, ...units, ...actions], Object.keys(blueprint.context)).map((file) => ({
      ...file,
      lists: new Set([...listColumns(columns, blueprint), ...(candidates === undefined ? [] : [candidates])]),
    })),
    ...of(
      observations,
      [decisionId, columns.observationTime, ...(columns.optionId === undefined ? [] : [columns.optionId])],
      [...kind, ...Object.keys(blueprint.observations).filter((name) => name !== "kind" && !fields.has(name))],
      kindNeeds(blueprint, false),
    ),
    ...(ofKind === undefined
      ? of(events, ["kind", columns.eventTime!], [], eventNeeds)
      : of(events, [columns.eventTime!], ofKind)),
  ];
  return { columns, all };
}

function actionColumns(
  { action, propensity, distribution }: ColumnNames,
  { decisions }: HistoryTables,
  isRanking: boolean,
): Pick<HistoryColumns, "action" | "propensity" | "distribution"> {
  for (const [flag, column] of Object.entries({ propensity, distribution })) {
    if (column !== undefined && action === undefined && !(isRanking && flag === "propensity"))
      throw new HistoryError(`--${flag} ${column}: name the column of the action too, with --action`);
  }
  if (action === undefined && propensity !== undefined && decisions === undefined)
    throw new HistoryError(`--propensity ${propensity}: decisions have propensities; name their file with --decisions`);
  if (action !== undefined && decisions === undefined) {
    throw new HistoryError(`--action ${action}: decisions have actions; name their file with --decisions`);
  }
  return { action, propensity, distribution };
}

function optionColumns(
  { candidates, optionId }: ColumnNames,
  { decisions, observations }: HistoryTables,
  space: DecisionSpace | undefined,
  observed: HistoryHead | undefined,
): Pick<HistoryColumns, "candidates" | "optionId"> {
  if (candidates !== undefined && decisions === undefined)
    throw new HistoryError(`--candidates ${candidates}: decisions have options; name their file with --decisions`);
  if (optionId !== undefined && observations === undefined)
    throw new HistoryError(`--option-id ${optionId}: observations are of options; name their file with --observations`);
  const usual = space?.kind === "options" && decisions !== undefined ? columnDefaults.candidates : undefined;
  const isThere = space?.kind === "options" && observed?.columns.includes(columnDefaults.optionId) === true;
  return { candidates: candidates ?? usual, optionId: optionId ?? (isThere ? columnDefaults.optionId : undefined) };
}

function checkTables(tables: HistoryTables): void {
  const names = given(tables).map(({ name }) => name);
  if (names.length === 0) throw new HistoryError("name a file: --decisions, --observations or --events");
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) throw new HistoryError(`${twice}: is named twice. Each file holds one thing.`);
}

/** Columns of decisions that may hold lists of plain values. */
export const listColumns = (
  { distribution, propensity }: HistoryColumns,
  blueprint: DeclaredParts,
): ReadonlySet<string> =>
  new Set([
    ...listNames(blueprint.context),
    ...[distribution, isRanked(blueprint) ? propensity : undefined].filter((name) => name !== undefined),
  ]);

/** Entries of a context that are lists or vectors. */
const listNames = (context: DeclaredParts["context"]): ReadonlySet<string> =>
  new Set(
    Object.keys(context).filter((name) => context[name] === "list" || vectorLength(context[name]!) !== undefined),
  );

/** Faults in the columns of a file, and notes for the user. */
export interface ColumnFindings {
  readonly errors: readonly string[];
  readonly notes: readonly string[];
  /** Columns that the blueprint looks for, and that are missing in every line. */
  readonly absent: readonly string[];
}

/** Each message comes with the nearest names that are there, or that are looked for. */
export function lookAtColumns({
  file,
  head,
  required,
  declared,
  byKind = new Map(),
  lists = new Set(),
}: FileColumns): ColumnFindings {
  const there = new Set(head.columns);
  const ofKinds = [...byKind.values()].flat();
  const wanted = new Set([...required, ...declared, ...ofKinds]);
  const unknown = head.columns.filter((name) => !wanted.has(name));
  const missing = (name: string): string => {
    const near = nearest(name, unknown);
    return `${file}: there is no column ${name}${near === null ? "." : `; is it ${near}?`}`;
  };
  const noValues = head.noValues ?? new Map<string, string>();
  const absent = declared.filter((name) => !there.has(name) && !noValues.has(name) && !required.includes(name));
  const holding = (name: string): string =>
    `${file}: the column ${name} holds ${noValues.get(name)}, and no plain values` +
    (lists.has(name) ? ": write each as the text of its JSON array, or the file as JSON lines" : "");
  // Lines of an open head hold their lists; which are good is known line by line.
  const isTaken = (name: string): boolean => head.open && lists.has(name) && noValues.get(name) === "a list";
  const useless = Map.groupBy(noValues.keys(), (name) =>
    isTaken(name) ? "taken" : wanted.has(name) ? "wanted" : "unknown",
  );
  const lost = required.filter((name) => !there.has(name) && !noValues.has(name));
  return {
    absent,
    errors: [
      ...(useless.get("wanted") ?? []).map(holding),
      ...lost.map(
        (name) =>
          `${missing(name)} Columns: ${head.columns.join(", ")}. Name the right one with --decision-id, --time, --observation-time or --unit`,
      ),
    ],
    notes: [
      ...absent.map((name) => `${missing(name)} It is missing in every line`),
      ...unknown.map((name) => unknownText(file, name, [...absent, ...ofKinds.filter((one) => !there.has(one))])),
      // Of an open head lines are still to be counted.
      ...(head.open ? [] : (useless.get("unknown") ?? [])).map((name) => `${holding(name)}: it is left out`),
    ],
  };
}

/** Of a column that nothing looks for. */
export function unknownText(file: string, name: string, absent: readonly string[]): string {
  const near = nearest(name, absent);
  return `${file}: the blueprint knows no column ${name}${near === null ? "" : `; is it ${near}?`}`;
}
