import type { CompiledBlueprint } from "../blueprints/index.ts";
import { splitNewest } from "../rows/index.ts";
import type { ModelRecorded, TrainingRow } from "../schemas/index.ts";
import { learnsTogether } from "./learners/index.ts";
import { learntLabels, rowsWith, type LearntLabel } from "./learnt-labels.ts";

/** The rows that have a label, in their order. */
export interface SplitLabel {
  readonly label: LearntLabel;
  readonly train: readonly TrainingRow[];
  /** Newer ones, to judge by. */
  readonly holdout: readonly TrainingRow[];
}

export interface SplitRows {
  /** All rows that some label is trained on, in their order. */
  readonly train: readonly TrainingRow[];
  /** In the blueprint's order. */
  readonly labels: readonly SplitLabel[];
}

/** Of each label, decision time of the newest row that a model has learnt it from. Empty: there is no model. */
export function seenBy(production: ModelRecorded | undefined, { blueprint }: CompiledBlueprint): readonly number[] {
  if (production === undefined) return [];
  const { trainedUntil, labelsTrainedUntil } = production.provenance;
  // What is learnt together has seen a row if any of its labels has.
  const each = learnsTogether(blueprint) ? [] : labelsTrainedUntil;
  return blueprint.labels.map((_, at) => each[at] ?? trainedUntil);
}

/** Of rows that were decided after a time, ms. */
export const isAfter =
  (time: number) =>
  (row: TrainingRow): boolean =>
    (row["decisionTime"] as number) > time;

/** Older rows than so, before the newest one, do not judge: the model that is judged would be too old. */
const MOST_HELD_OUT_MS = 28 * 24 * 3_600_000;
/** But so many do, if the share is as large. */
const LEAST_HELD_OUT = 1_000;

/** The place of the first row that is new enough to judge. @param rows by decision time, at least one */
export function firstInTime(rows: readonly TrainingRow[]): number {
  const timeOf = (row: TrainingRow): number => row["decisionTime"] as number;
  const oldest = timeOf(rows.at(-1)!) - MOST_HELD_OUT_MS;
  const least = timeOf(rows[Math.max(0, rows.length - LEAST_HELD_OUT)]!);
  // All options of a decision have its time.
  return rows.findIndex((row) => timeOf(row) > oldest || timeOf(row) >= least);
}

/**
 * The older rows, to learn from, and the newer ones, to judge by. Where the share would reach back to rows that the
 * model in production was trained on, the newer half of all later rows judge: no row that judges was trained on by
 * either model.
 */
function splitHeldOut(
  rows: readonly TrainingRow[],
  share: number,
  after = Number.NEGATIVE_INFINITY,
): { readonly train: readonly TrainingRow[]; readonly holdout: readonly TrainingRow[] } {
  const newest = splitNewest(rows, share);
  if (newest.holdout.length === 0) return newest;
  const from = Math.max(newest.train.length, firstInTime(rows));
  const isLater = isAfter(after);
  if (isLater(rows[from]!)) return { train: rows.slice(0, from), holdout: rows.slice(from) };
  const later = rows.findIndex(isLater);
  if (later < 0) return { train: rows, holdout: [] };
  const halves = splitNewest(rows.slice(later), 1 / 2);
  return { train: [...rows.slice(0, later), ...halves.train], holdout: halves.holdout };
}

/**
 * Rows by decision time, split for each label. Labels with one wait share the split. With several waits each label has
 * its own, of the rows where it is mature: the newest rows lack the labels that wait longest. Labels that are learnt
 * together share the earliest of these: no row that judges one of them is learnt from for another.
 *
 * @param share of the rows that is held out, 0 to 1; 0: none is
 * @param after of each label a decision time, ms, as `seenBy` gives it: only later rows judge
 */
export function splitRows(
  compiled: CompiledBlueprint,
  rows: readonly TrainingRow[],
  share: number,
  after: readonly number[] = [],
): SplitRows {
  const labels = learntLabels(compiled);
  if (compiled.waits.length === 1) {
    const { train, holdout } = splitHeldOut(rows, share, after[0]);
    const own = labels.map((label) => ({
      label,
      train: rowsWith(label, train),
      holdout: rowsWith(label, holdout),
    }));
    return { train, labels: own };
  }
  const own = labels.map((label, at) => ({
    label,
    ...splitHeldOut(rowsWith(label, rows), share, after[at]),
  }));
  const shared = learnsTogether(compiled.blueprint) ? splitEarliest(rows, own) : own;
  return { train: trainedRows(rows, shared), labels: shared };
}

/** Divides all labels where the first row lies that judges one of them. */
function splitEarliest(rows: readonly TrainingRow[], labels: readonly SplitLabel[]): readonly SplitLabel[] {
  const judging = new Set(labels.flatMap(({ holdout }) => holdout.slice(0, 1)));
  const first = rows.find((row) => judging.has(row));
  if (first === undefined) return labels;
  // Options of the decision that do not have this label lie before it.
  const isOf = (row: TrainingRow): boolean =>
    row["decisionTime"] === first["decisionTime"] && row["decisionId"] === first["decisionId"];
  const older = new Set(
    rows.slice(
      0,
      rows.findIndex((row) => isOf(row)),
    ),
  );
  return labels.map(({ label, train, holdout }) => {
    const all = [...train, ...holdout];
    return { label, train: all.filter((row) => older.has(row)), holdout: all.filter((row) => !older.has(row)) };
  });
}

/**
 * The part of a former split that was trained on.
 *
 * @param trained of each label the number of its rows; empty: the labels shared the first `all` rows
 */
export function splitAgain(
  compiled: CompiledBlueprint,
  rows: readonly TrainingRow[],
  { all, trained }: { readonly all: number; readonly trained: readonly number[] },
): SplitRows {
  const labels = learntLabels(compiled);
  const shared = rows.slice(0, all);
  const own = labels.map((label, at) => ({
    label,
    train: trained.length === 0 ? rowsWith(label, shared) : rowsWith(label, rows).slice(0, trained[at]),
    holdout: [],
  }));
  return { train: trained.length === 0 ? shared : trainedRows(rows, own), labels: own };
}

function trainedRows(rows: readonly TrainingRow[], labels: readonly SplitLabel[]): readonly TrainingRow[] {
  const trained = new Set(labels.flatMap(({ train }) => train));
  return rows.filter((row) => trained.has(row));
}
