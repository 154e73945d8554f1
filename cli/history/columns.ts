import { realpathSync } from "node:fs";
import { nearest, type Blueprint } from "../../blueprints/index.ts";
import { tableHead, TableError, type TableHead } from "../files/index.ts";
import { timesOf } from "../flags/times.ts";
import { UsageError } from "../exit-codes.ts";
import { kindNeeds, type KindNeeds } from "./kind-needs.ts";
import type { HistoryColumns, HistoryFiles } from "./records.ts";

/** Which columns were named by flags; the others have the names they mostly have. */
export interface ColumnFlags {
  readonly decisionId: string;
  readonly time: string;
  readonly observationTime?: string | undefined;
  readonly unit?: string | undefined;
  readonly kind?: string | undefined;
  readonly action?: string | undefined;
  readonly propensity?: string | undefined;
  readonly timeUnit?: string | undefined;
  readonly timeZone?: string | undefined;
}

/** A file's columns beside what the blueprint looks for. */
export interface FileColumns {
  readonly file: string;
  readonly head: TableHead;
  /** Columns that lines must have. */
  readonly required: readonly string[];
  /** Columns that the blueprint declares. */
  readonly declared: readonly string[];
  /** Columns that lines of some kinds are looked at for: which kinds there are is known when the file has been read. */
  readonly byKind?: KindNeeds;
}

/** The headers of the files, and the columns that hold what every line must have. Throws a `TableError` or a `UsageError`. */
export async function readColumns(
  files: HistoryFiles,
  flags: ColumnFlags,
  blueprint: Blueprint,
): Promise<{ readonly columns: HistoryColumns; readonly all: readonly FileColumns[] }> {
  checkFiles(files);
  const heads = new Map<string, TableHead>();
  for (const file of given(files)) heads.set(file, await tableHead(file));
  const timeIn = (file: string | undefined): string => {
    if (flags.observationTime !== undefined) return flags.observationTime;
    const there = file === undefined ? [] : heads.get(file)!.columns;
    return there.includes("event_ts") || !there.includes(flags.time) ? "event_ts" : flags.time;
  };
  const { decisions, observations, events } = files;
  const columns: HistoryColumns = {
    decisionId: flags.decisionId,
    decisionTime: flags.time,
    observationTime: timeIn(observations),
    eventTime: timeIn(events),
    times: timesOf(flags),
    ...(flags.unit === undefined ? {} : { unit: flags.unit }),
    ...(flags.kind === undefined ? {} : { kind: flags.kind }),
    ...actionColumns(flags, files),
  };
  const id = columns.decisionId;
  const units = columns.unit?.split("+") ?? [];
  const actions = [columns.action, columns.propensity].filter((name) => name !== undefined);
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
  const ofKind = flags.kind === undefined ? undefined : (eventNeeds.get(flags.kind) ?? []);
  const all = [
    ...of(decisions, [id, columns.decisionTime, ...units, ...actions], Object.keys(blueprint.context)),
    ...of(
      observations,
      [id, columns.observationTime],
      [...kind, ...Object.keys(blueprint.observations).filter((name) => name !== "kind" && !fields.has(name))],
      kindNeeds(blueprint, false),
    ),
    ...(ofKind === undefined
      ? of(events, ["kind", columns.eventTime!], [], eventNeeds)
      : of(events, [columns.eventTime!], ofKind)),
  ];
  return { columns, all };
}

function actionColumns({ action, propensity }: ColumnFlags, { decisions }: HistoryFiles): Partial<HistoryColumns> {
  if (propensity !== undefined && action === undefined) {
    throw new UsageError(`--propensity ${propensity}: name the column of the action too, with --action`);
  }
  if (action !== undefined && decisions === undefined) {
    throw new UsageError(`--action ${action}: decisions have actions; name their file with --decisions`);
  }
  return { ...(action === undefined ? {} : { action }), ...(propensity === undefined ? {} : { propensity }) };
}

const given = ({ decisions, observations, events }: HistoryFiles): readonly string[] =>
  [decisions, observations, events].filter((file) => file !== undefined);

function checkFiles(files: HistoryFiles): void {
  const names = given(files);
  if (names.length === 0) throw new UsageError("name a file: --decisions, --observations or --events");
  const real = names.map((file) => {
    try {
      return realpathSync(file);
    } catch {
      return file;
    }
  });
  const twice = real.findIndex((file, at) => real.indexOf(file) < at);
  if (twice >= 0) throw new TableError(names[twice]!, "is named twice. Each file holds one thing.");
}

/** What is wrong with the columns of a file, and what a person should know of them. */
export interface ColumnFindings {
  readonly errors: readonly string[];
  readonly notes: readonly string[];
  /** Columns that the blueprint looks for, and that are missing in every line. */
  readonly absent: readonly string[];
}

/** With the nearest names of what is there, or of what is looked for. */
export function lookAtColumns({ file, head, required, declared, byKind = new Map() }: FileColumns): ColumnFindings {
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
    `${file}: the column ${name} holds ${noValues.get(name)}, and no plain values`;
  const useless = Map.groupBy(noValues.keys(), (name) => (wanted.has(name) ? "wanted" : "unknown"));
  const lost = required.filter((name) => !there.has(name) && !noValues.has(name));
  return {
    absent,
    errors: [
      ...(useless.get("wanted") ?? []).map(holding),
      ...lost.map((name) => `${missing(name)} Columns: ${head.columns.join(", ")}. Name the right one by an option`),
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
