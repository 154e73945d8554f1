import type { CompiledBlueprint } from "../blueprints/index.ts";
import { vectorOf } from "../rows/index.ts";
import type { TrainingRow } from "../schemas/index.ts";
import { labelOutputs, servedModel, type Scorer } from "../serving/index.ts";

/** What a loaded model predicts for the label of rows, one number a row, as it would have when they were decided. */
export async function predictRows(
  scorer: Scorer,
  { blueprint, layout }: CompiledBlueprint,
  rows: readonly TrainingRow[],
): Promise<Float32Array> {
  const model = servedModel(scorer, layout);
  const at = labelOutputs(model, blueprint).find(({ label }) => label === blueprint.label.name)!.output;
  const outputs = await model.predict(rows.length, (row) => vectorOf(rows[row]!, layout));
  return outputs[at]!;
}

/** The labels of rows, one number a row. */
export const labelsOf = (rows: readonly TrainingRow[]): Float32Array =>
  Float32Array.from(rows, (row) => row["label"] as number);
