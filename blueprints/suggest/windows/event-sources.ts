import { BOUNDS } from "../../defaults.ts";
import { UNIT } from "../../windows/unit.ts";
import { fieldOf } from "../../values/field-value.ts";
import { categoryOf } from "../../values/category-value.ts";
import { isName } from "../../yaml/scalars.ts";
import { addedShapes } from "../profile/column-shape.ts";
import type { SeriesEvent } from "./event-series.ts";
import type { Sample } from "../profile/sample.ts";
import type { LeftOut } from "../suggestion.ts";
import type { Cells, TableProfile } from "../profile/table-profile.ts";
import { many, shownName } from "../words.ts";

/** A kind of event that windows may count. */
export interface EventSource {
  readonly kind: string;
  /** Numbers that it says. */
  readonly fields: readonly string[];
  readonly why: string;
}

export interface SourcesGiven {
  readonly observations: TableProfile;
  readonly events: TableProfile | undefined;
  /** Columns of ids, times and kinds. */
  readonly without: ReadonlySet<string>;
  /** Names that are read as something else: entries of the context, columns of the label that are no numbers. */
  readonly taken: ReadonlySet<string>;
}

/** The kinds of observations and of events of no decision, with the fields that are numbers in every line of them. */
export function eventSources(given: SourcesGiven): {
  readonly sources: readonly EventSource[];
  readonly leftOut: readonly LeftOut[];
} {
  const { observations, events } = given;
  const leftOut: LeftOut[] = [];
  const sources: EventSource[] = [];
  for (const kind of new Set([...observations.kinds.keys(), ...(events?.kinds.keys() ?? [])])) {
    if (!isName(kind)) {
      leftOut.push({ what: `events of kind ${shownName(kind)}`, why: "the kind is no name for a blueprint" });
      continue;
    }
    if (sources.length === BOUNDS.events) break;
    const of = [observations, events].map((table) => table?.kinds.get(kind)?.lines ?? 0);
    const where = ["observations", "events"].filter((_, at) => of[at]! > 0).join(" and ");
    const why = `${many(of[0]! + of[1]!)} ${where}`;
    sources.push({ kind, fields: fieldsOf(kind, given), why });
  }
  return { sources, leftOut };
}

function fieldsOf(kind: string, { observations, events, without, taken }: SourcesGiven): readonly string[] {
  const names = [observations, events].flatMap((table) => [...(table?.kinds.get(kind)?.values.keys() ?? [])]);
  return [...new Set(names)]
    .filter((name) => isName(name) && name !== "kind" && name !== UNIT && !without.has(name) && !taken.has(name))
    .filter((name) => {
      const tables = [observations, events];
      if (tables.some((table) => table?.unfit.has(name))) return false;
      const { values, numbers, words, codes } = addedShapes(tables.map((table) => table?.columns.get(name)?.shape));
      return values > 0 && codes === 0 && numbers + words === values;
    })
    .slice(0, BOUNDS.fieldsOfAnEvent);
}

/** The events of a kind in the order of their times, with the key that windows by these names are kept by. */
export function seriesOf({ kind, fields }: EventSource, by: readonly string[], sample: Sample): readonly SeriesEvent[] {
  const valuesOf = (cells: Cells): (number | null)[] => fields.map((field) => fieldOf(ownCell(cells, field)) ?? null);
  const observed = sample.observations.flatMap((one): SeriesEvent[] => {
    if (one.kind !== kind) return [];
    const decision = sample.decisions[one.decision]!;
    const key = keyOf(
      by,
      (name) => ownText(one.cells, name) ?? ownText(decision.cells, name) ?? unitText(name, decision.unit),
    );
    return [{ time: one.time, key, values: valuesOf(one.cells) }];
  });
  const happened = sample.events.flatMap((one): SeriesEvent[] =>
    one.kind === kind
      ? [{ time: one.time, key: keyOf(by, (name) => ownText(one.cells, name)), values: valuesOf(one.cells) }]
      : [],
  );
  return happened.length === 0 ? observed : [...observed, ...happened].sort((a, b) => a.time - b.time);
}

/** The key of a decision's windows by these names. */
export const decisionKey = (by: readonly string[], { cells, unit }: Sample["decisions"][number]): string | null =>
  keyOf(by, (name) => ownText(cells, name) ?? unitText(name, unit));

function keyOf(by: readonly string[], text: (name: string) => string | null): string | null {
  const parts: string[] = [];
  for (const name of by) {
    const part = text(name);
    if (part === null) return null;
    parts.push(part);
  }
  return parts.length === 1 ? parts[0]! : parts.join("\n");
}

const ownCell = (cells: Cells, name: string): unknown => (Object.hasOwn(cells, name) ? cells[name] : null);
const ownText = (cells: Cells, name: string): string | null => categoryOf(ownCell(cells, name)) ?? null;
const unitText = (name: string, unit: string | null): string | null => (name === UNIT ? unit : null);
