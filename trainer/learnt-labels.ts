import type { CompiledBlueprint, Objective } from "../blueprints/index.ts";
import { isLearnable } from "../rows/index.ts";
import type { TrainingRow } from "../schemas/index.ts";
import { classNumbers, rowMajor, unitsOf } from "./classes.ts";
import { evaluate } from "./evaluate.ts";

/** A label as a model learns it. */
export interface LearntLabel {
  readonly name: string;
  /** Of the rows. */
  readonly column: string;
  readonly objective: Objective;
  /** The label that it is a class of. Absent: it is a label of its own. */
  readonly classOf?: string | undefined;
}

/** In the blueprint's order: the first is the one that a model is judged by. */
export const learntLabels = ({ blueprint, labelColumns }: CompiledBlueprint): readonly LearntLabel[] =>
  blueprint.labels.map(({ name, objective, oneOf }, at) => ({
    ...{ name, column: labelColumns[at]!.value, objective },
    ...(oneOf && { classOf: oneOf.label }),
  }));

/** The rows that have the label, as it can be learnt. */
export const rowsWith = ({ column, objective }: LearntLabel, rows: readonly TrainingRow[]): readonly TrainingRow[] =>
  rows.filter((row) => isLearnable(row[column], objective));

export interface PredictedLabel {
  readonly label: Pick<LearntLabel, "name" | "objective" | "classOf">;
  /** One of each a row. */
  readonly labels: Float32Array;
  readonly predictions: Float32Array;
  /** Absent: all rows count the same. */
  readonly weights?: Float32Array | undefined;
}

/**
 * Metrics by name: those of the first label under their own names, those of each other label behind its name and a
 * point. Of a label of classes there are those of all classes together, and behind the name of each class its own. None if there are no rows.
 */
export function labelMetrics(all: readonly PredictedLabel[]): Readonly<Record<string, number>> {
  const metrics = new Map<string, number>();
  const add = (prefix: string, figures: Readonly<Record<string, number>>): void => {
    for (const [name, figure] of Object.entries(figures)) metrics.set(`${prefix}${name}`, figure);
  };
  for (const [at, unit] of unitsOf(all, ({ label }) => label.classOf).entries()) {
    const [{ label, labels, weights }] = unit as readonly [PredictedLabel];
    if (labels.length === 0) continue;
    const { classOf } = label;
    add(at === 0 ? "" : `${classOf ?? label.name}.`, unitMetrics(unit));
    if (classOf === undefined) continue;
    for (const one of unit)
      add(`${one.label.name}.`, evaluate(one.predictions, one.labels, one.label.objective, weights));
  }
  return Object.fromEntries(metrics);
}

/** Of a label, or of all classes of one together. */
export function unitMetrics(unit: readonly PredictedLabel[]): Readonly<Record<string, number>> {
  const [{ label, labels, predictions, weights }] = unit as readonly [PredictedLabel];
  if (label.classOf === undefined) return evaluate(predictions, labels, label.objective, weights);
  const probabilities = rowMajor(unit.map((one) => one.predictions));
  return evaluate(probabilities, classNumbers(unit.map((one) => one.labels)), "multiclass", weights);
}
