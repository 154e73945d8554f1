import type { CompiledBlueprint } from "../blueprints/index.ts";
import type { ValidBlueprints } from "../catalogue/index.ts";
import { loadScorer } from "../serving/index.ts";
import { DomainError, type TrainingRow } from "../schemas/index.ts";
import type { Backbone, Serdes, Topic } from "../streams/index.ts";
import { labelMetrics, learntLabels, type PredictedLabel } from "./learnt-labels.ts";
import { labelsOf, predictRows } from "./predict-rows.ts";
import { readRows, weightsOf } from "../rows/index.ts";

export interface RowsScore {
  readonly rows: number;
  /** Rows that were left out because they have no weight; absent: all rows count the same. */
  readonly withoutWeight?: number | undefined;
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * Metrics of a model on rows of a topic (the use case's own, or a replay's) whose decision time lies in `[from, to)`,
 * ms; by the rows' weights, if the blueprint gives them some.
 */
export async function scoreRows(
  { backbone, serdes }: { readonly backbone: Backbone; readonly serdes: Serdes },
  compiled: CompiledBlueprint,
  blueprints: ValidBlueprints,
  onnx: Uint8Array,
  from: number,
  to: number,
  topic?: Topic<TrainingRow> | undefined,
): Promise<RowsScore> {
  const all = (await readRows(backbone, serdes, compiled, blueprints, Number.POSITIVE_INFINITY, { topic })).rows;
  const { weight } = compiled;
  const then = all.filter(({ decisionTime }) => (decisionTime as number) >= from && (decisionTime as number) < to);
  const rows = weight === undefined ? then : then.filter((row) => weight.of(row) !== null);
  if (rows.length === 0) {
    const which = then.length === 0 ? "rows" : "rows with a weight";
    throw new DomainError("NO_ROWS", `there are no ${which} decided in that time to score the model on`);
  }
  const scorer = await loadScorer(onnx);
  try {
    const predicted: PredictedLabel[] = [];
    for (const label of learntLabels(compiled)) {
      const labelled = rows.filter((row) => (row[label.column] ?? null) !== null);
      const predictions = await predictRows(scorer, compiled, labelled, label.name);
      const weights = weight && weightsOf(labelled, weight);
      predicted.push({ label, labels: labelsOf(labelled, label.column), predictions, weights });
    }
    const without = weight && { withoutWeight: then.length - rows.length };
    return { rows: rows.length, ...without, metrics: labelMetrics(predicted) };
  } finally {
    await scorer.release();
  }
}
