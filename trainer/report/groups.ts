import type { FeatureColumn } from "../../blueprints/index.ts";
import type { GroupQuality, TrainingRow } from "../../schemas/index.ts";
import { meansOf } from "./calibration.ts";
import type { JudgedRows } from "./judged-rows.ts";

/** Groups that are told of. */
const MOST_GROUPS = 12;
/** A smaller group is judged by chance. */
const LEAST_ROWS = 50;
const LEAST_SHARE = 0.02;
/** Numbers are put into so many ranges with as many rows each. */
const RANGES = 3;

/**
 * The groups of rows for which a model is worst. A group has one category, or a range of a number, or no value. It is
 * compared with its own mean, or quantile: some groups are harder than others for everybody.
 */
export function worstGroups(
  rows: readonly TrainingRow[],
  layout: readonly FeatureColumn[],
  judged: JudgedRows,
): readonly GroupQuality[] {
  const least = Math.max(LEAST_ROWS, LEAST_SHARE * rows.length);
  return layout
    .flatMap((column) =>
      [...groupsBy(rows, column)].map(([value, members]) => ({ feature: column.name, value, members })),
    )
    .filter(({ members }) => members.length >= least && members.length < rows.length)
    .map(({ feature, value, members }) => ({ feature, value, ...qualityOf(members, judged) }))
    .sort((a, b) => b.loss - b.constant - (a.loss - a.constant))
    .slice(0, MOST_GROUPS);
}

function qualityOf(rows: readonly number[], judged: JudgedRows): Omit<GroupQuality, "feature" | "value"> {
  const { weights } = judged;
  if (weights !== undefined && rows.every((row) => weights[row] === 0))
    return { rows: rows.length, loss: 0, constant: 0, predicted: 0, observed: 0 };
  return { rows: rows.length, ...judged.lossesOf(rows), ...meansOf(rows, judged) };
}

const NOTHING = "missing";

/** Numbers of rows by category or by range. */
function groupsBy(rows: readonly TrainingRow[], { name, kind }: FeatureColumn): ReadonlyMap<string, readonly number[]> {
  const values = rows.map((row) => row[name] ?? null);
  const groupOf = kind === "category" ? String : rangeOf(values.filter((value) => typeof value === "number"));
  return Map.groupBy(rows.keys(), (row) => (values[row] === null ? NOTHING : groupOf(values[row] as never)));
}

/** Few different numbers are groups of their own. */
function rangeOf(numbers: readonly number[]): (value: number) => string {
  const different = new Set(numbers);
  if (different.size <= RANGES) return String;
  const ordered = numbers.toSorted((a, b) => a - b);
  const bounds = Array.from(
    { length: RANGES - 1 },
    (_, at) => ordered[Math.floor(((at + 1) * ordered.length) / RANGES)]!,
  );
  const short = (value: number): string => String(Number(value.toPrecision(4)));
  const texts = [
    `below ${short(bounds[0]!)}`,
    ...bounds.slice(1).map((bound, at) => `${short(bounds[at]!)} to ${short(bound)}`),
    `from ${short(bounds.at(-1)!)} on`,
  ];
  return (value) => {
    const at = bounds.findIndex((bound) => value < bound);
    return texts.at(at)!;
  };
}
