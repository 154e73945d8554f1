import type { CompiledBlueprint } from "../blueprints/index.ts";
import type { ValidBlueprints } from "../catalogue/index.ts";
import { readRows, weightsOf } from "../rows/index.ts";
import type { Backbone, Serdes } from "../streams/index.ts";
import { unitsOf } from "./classes.ts";
import { learntLabels, unitMetrics, type LearntLabel } from "./learnt-labels.ts";
import { labelsOf } from "./predict-rows.ts";

/** How the served predictions of one model came true, by the first label. */
export interface ServedModel {
  readonly modelId: string;
  /** Decision times of its first and last labelled decision, ms. */
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  /** By name; `auc` is left out where only one class is there. */
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * The models that have served, in the order of their first decisions: of each the decisions that have a label by now. If
 * the blueprint gives rows weights, the metrics are by them, and decisions without a weight are not among the rows.
 */
export async function servedModels(
  { backbone, serdes }: { readonly backbone: Backbone; readonly serdes: Serdes },
  compiled: CompiledBlueprint,
  known: ValidBlueprints,
): Promise<readonly ServedModel[]> {
  const [unit] = unitsOf(learntLabels(compiled), ({ classOf }) => classOf) as readonly [readonly LearntLabel[]];
  const columns = unit.map((label, at) => ({ label, ...compiled.labelColumns[at]! }));
  const { prediction, value } = columns[0]!;
  const { rows } = await readRows(backbone, serdes, compiled, known, Number.POSITIVE_INFINITY);
  const { weight } = compiled;
  const served = rows.filter(
    (row) =>
      typeof row[prediction] === "number" &&
      typeof row[value] === "number" &&
      (weight === undefined || weight.of(row) !== null),
  );
  const byModel = Map.groupBy(served, (row) => String(row["modelId"]));
  return [...byModel]
    .map(([modelId, all]) => {
      const weights = weight && weightsOf(all, weight);
      const predicted = columns.map((one) => ({
        ...{ label: one.label, weights },
        labels: labelsOf(all, one.value),
        predictions: labelsOf(all, one.prediction),
      }));
      const times = all.map((row) => row["decisionTime"] as number);
      const [from, to] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
      return {
        modelId,
        from,
        to,
        rows: all.length,
        metrics: unitMetrics(predicted),
      };
    })
    .sort((a, b) => a.from - b.from);
}
