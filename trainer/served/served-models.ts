import type { CompiledBlueprint } from "../../blueprints/index.ts";
import type { ValidBlueprints } from "../../catalogue/index.ts";
import { readRows } from "../../rows/index.ts";
import type { Backbone, Serdes } from "../../streams/index.ts";
import { servedFigures, type ServedFigures } from "./served-figures.ts";

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
  const { rows } = await readRows(backbone, serdes, compiled, known, Number.POSITIVE_INFINITY);
  const models = new Map<string, { from: number; to: number; readonly figures: ServedFigures }>();
  for (const row of rows) {
    const modelId = String(row["modelId"]);
    const time = row["decisionTime"] as number;
    const model = models.get(modelId) ?? { from: time, to: time, figures: servedFigures(compiled) };
    if (!model.figures.add(row)) continue;
    models.set(modelId, model);
    model.from = Math.min(model.from, time);
    model.to = Math.max(model.to, time);
  }
  return [...models]
    .map(([modelId, { from, to, figures }]) => ({ modelId, from, to, rows: figures.rows, metrics: figures.metrics() }))
    .sort((a, b) => a.from - b.from);
}
