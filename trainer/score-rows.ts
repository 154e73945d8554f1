import type { CompiledBlueprint } from "../blueprints/index.ts";
import type { ValidBlueprints } from "../catalogue/index.ts";
import { loadScorer } from "../serving/index.ts";
import { DomainError, type TrainingRow } from "../schemas/index.ts";
import type { Backbone, Serdes, Topic } from "../streams/index.ts";
import { labelMetrics, learntLabels, type PredictedLabel } from "./learnt-labels.ts";
import { labelsOf, predictRows } from "./predict-rows.ts";
import { readRows } from "../rows/index.ts";

export interface RowsScore {
  readonly rows: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * Metrics of a model on rows of a topic (the use case's own, or a replay's) whose decision time lies in `[from, to)`,
 * ms.
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
  const rows = all.filter(({ decisionTime }) => (decisionTime as number) >= from && (decisionTime as number) < to);
  if (rows.length === 0)
    throw new DomainError("NO_ROWS", "there are no rows decided in that time to score the model on");
  const scorer = await loadScorer(onnx);
  try {
    const predicted: PredictedLabel[] = [];
    for (const label of learntLabels(compiled)) {
      const labelled = rows.filter((row) => (row[label.column] ?? null) !== null);
      const predictions = await predictRows(scorer, compiled, labelled, label.name);
      predicted.push({ label, labels: labelsOf(labelled, label.column), predictions });
    }
    return { rows: rows.length, metrics: labelMetrics(predicted) };
  } finally {
    await scorer.release();
  }
}
