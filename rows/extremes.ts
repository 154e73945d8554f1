import type { FeatureColumn, Objective, RowWeight } from "../blueprints/index.ts";
import { packedOf } from "./packed/packed-rows.ts";
import { recordLimits, type TrainingRow } from "../schemas/index.ts";

/** A column with values that were not learnt as they are. */
export interface TreatedValues {
  /** A feature, the column of a label, `training.maxRows`, `episodes.learn.newest`, or `training.weight: ` and the reason that rows have none. */
  readonly name: string;
  /**
   * `clamped`: a feature beyond the largest, learnt as that. `leftOut`: a label that can't be learnt, or no weight; such
   * rows are neither trained on nor held out. `sampled`: records that are not in the sample. `older`: steps of episodes that
   * began too early to be learnt from.
   */
  readonly treatment: "clamped" | "leftOut" | "sampled" | "older";
  readonly rows: number;
  /** Ids of the first of them, by decision time. */
  readonly decisions: readonly string[];
}

const { largestFeature, largestLabel } = recordLimits;
const MOST_NAMED = 5;
const NO_WEIGHT = "training.weight: ";

/** Whether an objective can learn a label. */
export function isLearnable(label: unknown, objective: Objective): boolean {
  if (typeof label !== "number") return false;
  return objective === "binary" ? label >= 0 && label <= 1 : Math.abs(label) <= largestLabel;
}

/** A label's column, and how it is learnt. */
export interface LabelColumn {
  readonly column: string;
  readonly objective: Objective;
}

/**
 * The rows with a label that can be learnt and a weight, and the treatment of the others and of features that are too
 * large. A row whose weight waits for a label is not there yet, as one whose label waits: it is not counted.
 */
export function withoutExtremes(
  rows: readonly TrainingRow[],
  layout: readonly FeatureColumn[],
  labels: readonly LabelColumn[],
  weight?: RowWeight,
): { readonly rows: readonly TrainingRow[]; readonly treated: readonly TreatedValues[] } {
  const treated = new Map<string, TreatedValues>();
  const count = (name: string, treatment: TreatedValues["treatment"], row: TrainingRow): void => {
    const { rows: counted, decisions } = treated.get(name) ?? { rows: 0, decisions: [] };
    const named = counted < MOST_NAMED ? [...decisions, String(row["decisionId"])] : decisions;
    treated.set(name, { name, treatment, rows: counted + 1, decisions: named });
  };
  const learnable = rows.filter((row) => {
    let fits = false;
    for (const { column, objective } of labels) {
      if (isLearnable(row[column], objective)) fits = true;
      else if ((row[column] ?? null) !== null) count(column, "leftOut", row);
    }
    if (!fits || weight === undefined || weight.of(row) !== null) return fits;
    if (!weight.waits(row)) count(`${NO_WEIGHT}${weight.why(row)}`, "leftOut", row);
    return false;
  });
  const store = packedOf(learnable)?.store;
  const numbers = layout.filter(
    ({ kind, name }) => kind === "number" && store?.reaches(name, largestFeature) !== false,
  );
  for (const row of numbers.length === 0 ? [] : learnable) {
    for (const { name } of numbers) {
      const value = row[name];
      if (typeof value === "number" && Math.abs(value) > largestFeature) count(name, "clamped", row);
    }
  }
  return { rows: learnable, treated: [...treated.values()] };
}

/** A line for people and logs. */
export function treatedText({ name, treatment, rows, decisions }: TreatedValues): string {
  if (treatment === "sampled") return `${rows} of the records of rows are not in the sample that ${name} asks for`;
  if (treatment === "older") return `${rows} steps are of episodes that began earlier than ${name} asks for`;
  const more = rows - decisions.length;
  const of = `${decisions.length === 1 ? "decision" : "decisions"} ${decisions.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  const without = name.startsWith(NO_WEIGHT)
    ? `without a weight (${name.slice(NO_WEIGHT.length)})`
    : "whose label can't be learnt";
  return treatment === "leftOut"
    ? `left out ${rows} ${rows === 1 ? "row" : "rows"} ${without}: ${of}`
    : `${name} of ${of} is beyond ±${largestFeature} and counts as that`;
}
