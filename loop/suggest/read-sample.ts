import { TableProfile, type Sample } from "../../blueprints/index.ts";
import { streamsLimits } from "../../streams/index.ts";
import { lookAtColumns, readColumns, type ColumnNames } from "../history/columns/columns.ts";
import type { DeclaredParts } from "../history/columns/kind-needs.ts";
import { HistoryError } from "../history/history-error.ts";
import type { HistoryTable, HistoryTables } from "../history/history-table.ts";
import { sourcesOf } from "../history/lines/read-history.ts";
import { inOrder, type Placed } from "./in-order.ts";
import { nameOf, unitOf, type HistoryColumns } from "../history/lines/records.ts";
import { timedLines, type LineSource, type TimedLine } from "../history/lines/timed-lines.ts";

/** Decisions that are looked at together with their observations, unless somebody asks for more. */
export const SAMPLED_DECISIONS = 100_000;
/** For each of them, observations and events that are held. */
export const HELD_FOR_EACH = 4;
const MOST_SAID = 3;

export interface SampleOptions {
  readonly tables: HistoryTables & Required<Pick<HistoryTables, "decisions" | "observations">>;
  readonly names: ColumnNames;
  /** How many of the first decisions are held. */
  readonly most: number;
  /** Called with notes for the user. */
  readonly say: (line: string) => void;
  /** @param text what is read */
  readonly onProgress: (lines: number, text: string) => void;
}

export interface ReadSample {
  readonly columns: HistoryColumns;
  readonly decisions: TableProfile;
  readonly observations: TableProfile;
  readonly events: TableProfile | undefined;
  readonly sample: Sample;
}

/** No column is declared yet: only ids, times and kinds are looked for. */
const nothing: DeclaredParts = Object.freeze({ context: {}, observations: {}, events: {}, features: [] });

/**
 * Reads each file once to its end, as an import would. Statistics are of all lines; the first decisions are held, with
 * the observations and events that belong to their time. Throws a `HistoryError`, and errors of the tables.
 */
export async function readSample(options: SampleOptions): Promise<ReadSample> {
  const { tables, names, most } = options;
  const { columns, all } = await readColumns(tables, names, nothing);
  const errors = all.flatMap((file) => lookAtColumns(file).errors);
  if (errors.length > 0) throw new HistoryError(errors.join("\n"));
  const sources = sourcesOf(tables, columns, nothing, Date.now() + streamsLimits.maxFutureMs, "all");
  const read = reader(sources, options);
  const decisions = new TableProfile();
  const held: (Sample["decisions"][number] & { readonly id: string })[] = [];
  for await (const { id, time, cells } of read(tables.decisions!, decisions)) {
    decisions.add(cells);
    if (held.length === most) continue;
    const unit = unitOf(cells, columns);
    held.push({ id, time, unit: typeof unit === "string" ? unit : null, cells });
  }
  held.sort(inOrder);
  const places = new Map(held.map(({ id }, at) => [id, at]));
  const until = held.at(-1)!.time;
  const observations = new TableProfile();
  const observed: (Sample["observations"][number] & Placed)[] = [];
  for await (const { id, time, cells } of read(tables.observations!, observations)) {
    const kind = nameOf(cells["kind"] ?? null) ?? null;
    observations.add(cells, kind);
    const decision = places.get(id);
    if (decision !== undefined && observed.length < HELD_FOR_EACH * most)
      observed.push({ id, decision, time, kind, cells });
  }
  const events = tables.events === undefined ? undefined : new TableProfile();
  const happened: (Sample["events"][number] & Placed)[] = [];
  if (events !== undefined)
    for await (const { time, cells } of read(tables.events!, events)) {
      const kind = columns.kind ?? nameOf(cells["kind"] ?? null);
      if (kind === null || kind === undefined) continue;
      events.add(cells, kind);
      if (time <= until && happened.length < HELD_FOR_EACH * most) happened.push({ id: "", time, kind, cells });
    }
  const sample = { decisions: held, observations: observed.sort(inOrder), events: happened.sort(inOrder) };
  return { columns, decisions, observations, events, sample };
}

/** The lines of a table that can be used; the others are counted and named. */
function reader(
  sources: readonly LineSource[],
  { say, onProgress }: SampleOptions,
): (table: HistoryTable, profile: TableProfile) => AsyncGenerator<TimedLine> {
  return async function* (table, profile) {
    let [lines, bad, first] = [0, 0, ""];
    for await (const run of timedLines(sources.find(({ file }) => file === table.name)!)) {
      for (const one of run) {
        if (++lines % 10_000 === 0) onProgress(lines, `of ${table.name}`);
        if ("problem" in one) {
          bad += 1;
          if (bad === 1) first = `${table.name}:${one.line} ${one.problem}`;
          if (bad <= MOST_SAID) say(`${table.name}:${one.line} ${one.problem}`);
          continue;
        }
        for (const [column, held] of one.unfit ?? []) profile.unfit.set(column, held);
        yield one;
      }
    }
    if (bad > MOST_SAID) say(`${table.name}: ${bad - MOST_SAID} more lines can't be used`);
    if (lines === bad) throw new HistoryError(`${table.name}: no line can be used. ${first}`);
  };
}
