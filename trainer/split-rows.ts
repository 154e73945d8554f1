import type { CompiledBlueprint } from "../blueprints/index.ts";
import { splitNewest } from "../rows/index.ts";
import type { TrainingRow } from "../schemas/index.ts";
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

/**
 * Rows by decision time, split for each label. Labels with one wait share the split. With several waits each label has
 * its own, of the rows where it is mature: the newest rows lack the labels that wait longest. Labels that are learnt
 * together share the earliest of these: no row that judges one of them is learnt from for another.
 *
 * @param share of the rows that is held out, 0 to 1
 */
export function splitRows(compiled: CompiledBlueprint, rows: readonly TrainingRow[], share: number): SplitRows {
  const labels = learntLabels(compiled);
  if (compiled.waits.length === 1) {
    const { train, holdout } = splitNewest(rows, share);
    const own = labels.map((label) => ({
      label,
      train: rowsWith(label, train),
      holdout: rowsWith(label, holdout),
    }));
    return { train, labels: own };
  }
  const own = labels.map((label) => ({ label, ...splitNewest(rowsWith(label, rows), share) }));
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
