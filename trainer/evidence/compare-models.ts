import type { CompiledBlueprint, Metric } from "../../blueprints/index.ts";
import { weightsOf } from "../../rows/index.ts";
import type { TrainingRow } from "../../schemas/index.ts";
import type { Scorer } from "../../serving/index.ts";
import { unitsOf } from "../classes.ts";
import { learntLabels, unitMetrics, type LearntLabel } from "../learnt-labels.ts";
import { labelsOf, predictLabels } from "../predict-rows.ts";
import { pairedGain, type ComparedLabel, type Gain, type GroupOf } from "./paired-gain.ts";

/** Two models on the same rows. */
export interface Comparison {
  /** Metrics by name; none if there are no rows. */
  readonly ours: Readonly<Record<string, number>>;
  readonly theirs: Readonly<Record<string, number>>;
  /** Of ours over theirs; `undefined`: the metric is undefined on these rows. */
  readonly gain: Gain | undefined;
}

/**
 * Two models' predictions of a label, or of all classes of one together.
 *
 * @param rows in the order of the labels
 * @param groupOf rows that are not independent of each other; absent: those of one decision
 */
export function comparison(
  metric: Metric,
  unit: readonly ComparedLabel[],
  rows: readonly TrainingRow[],
  groupOf?: GroupOf,
): Comparison {
  const metricsOf = (which: "ours" | "theirs"): Comparison["ours"] =>
    rows.length === 0 ? {} : unitMetrics(unit.map((one) => ({ ...one, predictions: one[which] })));
  return { ours: metricsOf("ours"), theirs: metricsOf("theirs"), gain: pairedGain(metric, unit, rows, groupOf) };
}

/** The label that models of a version are judged by, or all classes of it. */
export const judgedUnit = (compiled: CompiledBlueprint): readonly [LearntLabel, ...LearntLabel[]] =>
  unitsOf(learntLabels(compiled), ({ classOf }) => classOf)[0] as readonly [LearntLabel, ...LearntLabel[]];

/** Two loaded models of a version, by its first label. @param rows with that label, and a weight where rows have some */
export async function compareModels(
  compiled: CompiledBlueprint,
  rows: readonly TrainingRow[],
  ours: Scorer,
  theirs: Scorer,
): Promise<Comparison> {
  const unit = judgedUnit(compiled);
  const weights = compiled.weight && weightsOf(rows, compiled.weight);
  const names = unit.map(({ name }) => name);
  const own = await predictLabels(ours, compiled, rows, names);
  const others = await predictLabels(theirs, compiled, rows, names);
  const compared = unit.map((label, at) => ({
    ...{ label, labels: labelsOf(rows, label.column), weights },
    ...{ ours: own[at]!, theirs: others[at]! },
  }));
  return comparison(compiled.blueprint.training.metric, compared, rows);
}
