import type { ContextType } from "../blueprint.ts";
import { BOUNDS } from "../defaults.ts";
import { formatDuration } from "../duration.ts";
import { isReservedColumn } from "../reserved-columns.ts";
import { timeOf } from "../values/time-value.ts";
import { numberOf } from "../values/number-value.ts";
import { vectorLength } from "../values/declared-value.ts";
import { isName } from "../yaml/scalars.ts";
import { addedShapes } from "./profile/column-shape.ts";
import { columnType } from "./profile/column-type.ts";
import type { FreeNames } from "./free-names.ts";
import type { LabelFacts } from "./label/label-values.ts";
import { filledInLater, growsWithTime, leakOf } from "./label/leaks.ts";
import type { Sample } from "./profile/sample.ts";
import type { LeftOut, SuggestedEntry, SuggestedFeature } from "./suggestion.ts";
import { isMissing, type Cell, type ColumnProfile, type TableProfile } from "./profile/table-profile.ts";
import { many, percent, shownName } from "./words.ts";

/** Entries past that are left out: with windows and columns of lists there are more features. */
const MOST_ENTRIES = 500;
/** Categories of lists that have a column each. */
const MOST_ITEMS = 20;
const SLOTS = 16;

export interface ContextPlan {
  readonly entries: readonly SuggestedEntry[];
  readonly features: readonly SuggestedFeature[];
  readonly leftOut: readonly LeftOut[];
  /** Keys that seem to be filled in later: the model must not see whether they are there. */
  readonly late: ReadonlySet<string>;
}

export interface ContextGiven {
  readonly decisions: TableProfile;
  readonly events: TableProfile | undefined;
  readonly sample: Sample;
  readonly facts: LabelFacts;
  /** Columns of the id, the time and the action, which say nothing. */
  readonly without: ReadonlySet<string>;
  /** Columns that make the unit. */
  readonly units: readonly string[];
  /** Columns of observations that the label reads. */
  readonly labelColumns: readonly string[];
  readonly names: FreeNames;
}

/** What a product sends with a request, and the features that it makes by itself. Keys have none yet. */
export function planContext(given: ContextGiven): ContextPlan {
  const { decisions, without } = given;
  const entries: SuggestedEntry[] = [];
  const features: SuggestedFeature[] = [];
  const leftOut: LeftOut[] = [];
  const late = new Set<string>();
  for (const [name, profile] of decisions.columns) {
    if (without.has(name)) continue;
    const planned = entries.length < MOST_ENTRIES ? plan(name, profile, given) : `is past the ${MOST_ENTRIES} first`;
    if (typeof planned === "string") {
      leftOut.push({ what: shownName(name), why: planned });
      continue;
    }
    entries.push(planned.entry);
    if (planned.late) late.add(name);
    features.push(...planned.features);
  }
  for (const [name, held] of decisions.unfit)
    if (!decisions.columns.has(name))
      leftOut.push({ what: shownName(name), why: `holds ${held}: a list or vector is the text of a JSON array` });
  for (const name of decisions.beyond)
    leftOut.push({ what: shownName(name), why: "is past the columns that are looked at" });
  return { entries, features, leftOut, late };
}

interface Planned {
  readonly entry: SuggestedEntry;
  readonly features: readonly SuggestedFeature[];
  readonly late: boolean;
}

/** @returns a text: why the column is left out */
function plan(name: string, profile: ColumnProfile, given: ContextGiven): Planned | string {
  const { decisions, events, sample, facts, units, labelColumns } = given;
  if (!isName(name)) return `is no name for a blueprint: rename it${likeIt(name)}`;
  if (name === "decisionTime") return "is the name of the decision's time in formulas: rename it";
  if (decisions.unfit.has(name)) return `holds ${decisions.unfit.get(name)!} in some lines`;
  if (labelColumns.includes(name)) return "has the name of the label's column: it is known only afterwards";
  const shape = addedShapes([profile.shape, events?.columns.get(name)?.shape]);
  const typed = columnType(profile, shape);
  const found = units.includes(name) ? ofUnit(typed, profile) : typed;
  if ("leftOut" in found) return found.leftOut;
  const cells = sample.decisions.map(({ cells }) => (Object.hasOwn(cells, name) ? cells[name]! : null));
  const leak = leakOf(cells, facts.labels);
  if (leak !== null) return leak;
  const later = filledInLater(cells, facts);
  if (later !== null && found.type !== "key") return later;
  if (found.type === "number" && growsWithTime(cells.map((cell) => numberOf(cell) ?? null)))
    return "only grows with time: a model would meet values that it has not learnt";
  const missing = 1 - profile.shape.values / Math.max(1, decisions.lines);
  const notes = [
    ...(found.why === "" ? [] : [found.why]),
    ...(missing > 0 ? [`${percent(missing)} missing`] : []),
    ...(later === null ? [] : [later]),
  ];
  const entry = { name, type: found.type, why: notes.join("; ") };
  const features = featuresOf(name, found.type, profile, cells, given);
  return typeof features === "string" ? features : { entry, features, late: later !== null };
}

/** A number that is part of the unit names something. */
function ofUnit(typed: ReturnType<typeof columnType>, { distinct }: ColumnProfile): ReturnType<typeof columnType> {
  if ("leftOut" in typed || typed.type !== "number") return typed;
  return { type: "key", why: `part of the unit; ${many(distinct.size)} different values` };
}

/** A name that is one. */
function likeIt(name: string): string {
  const like = name
    .normalize("NFKD")
    .replaceAll(/[^a-zA-Z0-9]+/g, "_")
    .replace(/^[^a-zA-Z]+/, "")
    .replace(/_+$/, "");
  const small = like.charAt(0).toLowerCase() + like.slice(1, BOUNDS.nameLength);
  return isName(small) ? `, for example ${small}` : "";
}

function featuresOf(
  name: string,
  type: ContextType,
  profile: ColumnProfile,
  cells: readonly Cell[],
  given: ContextGiven,
): readonly SuggestedFeature[] | string {
  const { names, sample } = given;
  if (type === "key") return [];
  if (type === "number" || type === "boolean" || type === "category") {
    if (!isReservedColumn(name)) return [{ name, item: name, why: "" }];
    const free = names.take(`in_${name}`);
    return [{ name: free, item: `${free}: { formula: ${name} }`, why: `${name} is the name of a column of every row` }];
  }
  if (type === "time") return timeFeatures(name, cells, sample, names);
  if (type === "list") return listFeatures(name, profile, names);
  const columns = Array.from({ length: vectorLength(type)! }, (_, at) => `${name}_${at}`);
  if (isReservedColumn(name) || !names.takeAll(columns))
    return `is a vector, and its columns ${name}_0, … have the names of others: rename it`;
  return [{ name, item: name, why: `a column for each of ${columns.length} numbers` }];
}

function timeFeatures(
  name: string,
  cells: readonly Cell[],
  { decisions }: Sample,
  names: FreeNames,
): readonly SuggestedFeature[] | string {
  const ages = cells.flatMap((cell, at) => {
    const time = isMissing(cell) ? null : timeOf(cell);
    return typeof time === "number" ? [decisions[at]!.time - time] : [];
  });
  if (ages.length > 1 && ages.every((age) => age === ages[0]))
    return `is always as far from the decision's time (${formatDuration(Math.abs(ages[0]!))})`;
  const hour = names.take(`${name}_hour`);
  const day = names.take(`${name}_day_of_week`);
  const features = [
    { name: hour, item: `${hour}: { calendar: hour, at: ${name} }`, why: "in UTC; zone: names another time zone" },
    { name: day, item: `${day}: { calendar: dayOfWeek, at: ${name} }`, why: "1 is Monday" },
  ];
  // A time after the decision may be an outcome's.
  if (ages.length === 0 || ages.some((age) => age < 0)) return features;
  const age = names.take(`hours_since_${name}`);
  return [
    ...features,
    { name: age, item: `${age}: { formula: (decisionTime - ${name}) / 3600000 }`, why: "how long ago that was" },
  ];
}

function listFeatures(name: string, { items, shape }: ColumnProfile, names: FreeNames): readonly SuggestedFeature[] {
  const frequent = items.frequent.filter(([item, times]) => item !== "" && times >= 0.01 * shape.values);
  if (frequent.length > 0 && items.size <= 2 * MOST_ITEMS) {
    const values = frequent.slice(0, MOST_ITEMS).map(([item]) => item);
    const free = names.takeSeveral(`has_${name}`);
    const item = `${free}: { oneHot: ${name}, values: [${values.map((value) => JSON.stringify(value)).join(", ")}] }`;
    return [{ name: free, item, why: `a column for each of the ${values.length} frequent ones` }];
  }
  const free = names.takeSeveral(`slot_${name}`);
  const why = `${many(items.size)} different ones share ${SLOTS} columns`;
  return [{ name: free, item: `${free}: { hash: ${name}, slots: ${SLOTS} }`, why }];
}

/** A key without any window, as columns by its hash. */
export function hashFeature(name: string, distinct: number, names: FreeNames): SuggestedFeature {
  const free = names.takeSeveral(`slot_${name}`);
  const why = `${many(distinct)} different ones share ${SLOTS} columns: no window by it adds enough`;
  return { name: free, item: `${free}: { hash: ${name}, slots: ${SLOTS} }`, why };
}
