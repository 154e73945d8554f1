import type { CompiledBlueprint, Objective } from "../blueprints/index.ts";
import { isLearnable } from "../rows/index.ts";
import type { TrainingRow } from "../schemas/index.ts";
import { evaluate } from "./evaluate.ts";

/** A label as a model learns it. */
export interface LearntLabel {
  readonly name: string;
  /** Of the rows. */
  readonly column: string;
  readonly objective: Objective;
}

/** In the blueprint's order: the first is the one that a model is judged by. */
export const learntLabels = ({ blueprint, labelColumns }: CompiledBlueprint): readonly LearntLabel[] =>
  blueprint.labels.map(({ name, objective }, at) => ({ name, column: labelColumns[at]!.value, objective }));

/** The rows that have the label, as it can be learnt. */
export const rowsWith = ({ column, objective }: LearntLabel, rows: readonly TrainingRow[]): readonly TrainingRow[] =>
  rows.filter((row) => isLearnable(row[column], objective));

export interface PredictedLabel {
  readonly label: Pick<LearntLabel, "name" | "objective">;
  /** One of each a row. */
  readonly labels: Float32Array;
  readonly predictions: Float32Array;
  /** Absent: all rows count the same. */
  readonly weights?: Float32Array | undefined;
}

/**
 * Metrics by name: those of the first label under their own names, those of each other label behind its name and a
 * point. None if there are no rows.
 */
export function labelMetrics(all: readonly PredictedLabel[]): Readonly<Record<string, number>> {
  const metrics = new Map<string, number>();
  for (const [at, { label, labels, predictions, weights }] of all.entries()) {
    if (labels.length === 0) continue;
    const prefix = at === 0 ? "" : `${label.name}.`;
    for (const [name, figure] of Object.entries(evaluate(predictions, labels, label.objective, weights))) {
      metrics.set(`${prefix}${name}`, figure);
    }
  }
  return Object.fromEntries(metrics);
}
