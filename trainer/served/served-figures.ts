import type { CompiledBlueprint } from "../../blueprints/index.ts";
import type { TrainingRow } from "../../schemas/index.ts";
import { unitsOf } from "../classes.ts";
import { learntLabels, unitMetrics, type LearntLabel } from "../learnt-labels.ts";
import { Numbers } from "./numbers.ts";

/** How served predictions of the first label came true, row by row; four bytes a number are kept of each. */
export interface ServedFigures {
  /** @returns false: the row does not count, since it has no prediction, no label or no weight */
  add(row: TrainingRow): boolean;
  /** Rows that count. */
  readonly rows: number;
  /** By name, every metric that fits the label; by weights, if the blueprint gives rows some. Empty without rows; `auc` is left out where only one class is there. */
  metrics(): Readonly<Record<string, number>>;
}

/** Figures of the label that models are judged by; of classes, those of all of them together. */
export function servedFigures(compiled: CompiledBlueprint): ServedFigures {
  const { weight } = compiled;
  const [unit] = unitsOf(learntLabels(compiled), ({ classOf }) => classOf) as readonly [readonly LearntLabel[]];
  const columns = unit.map((label, at) => ({
    label,
    ...compiled.labelColumns[at]!,
    labels: new Numbers(),
    predictions: new Numbers(),
  }));
  const weights = weight && new Numbers();
  const { prediction, value } = columns[0]!;
  return {
    add(row) {
      if (typeof row[prediction] !== "number" || typeof row[value] !== "number") return false;
      const weighs = weight?.of(row);
      if (weighs === null) return false;
      if (weighs !== undefined) weights!.add(weighs);
      for (const one of columns) {
        one.labels.add(row[one.value] as number);
        one.predictions.add(row[one.prediction] as number);
      }
      return true;
    },
    get rows() {
      return columns[0]!.labels.length;
    },
    metrics() {
      if (columns[0]!.labels.length === 0) return {};
      return unitMetrics(
        columns.map(({ label, labels, predictions }) => ({
          ...{ label, labels: labels.all(), predictions: predictions.all(), weights: weights?.all() },
        })),
      );
    },
  };
}
