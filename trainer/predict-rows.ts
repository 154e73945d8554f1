import type { CompiledBlueprint } from "../blueprints/index.ts";
import { vectorOf } from "../rows/index.ts";
import type { TrainingRow } from "../schemas/index.ts";
import { labelOutputs, servedModel, type Scorer } from "../serving/index.ts";

/** A loaded model's predictions of a label for rows, one number a row, as they would have been at decision time. */
export async function predictRows(
  scorer: Scorer,
  compiled: CompiledBlueprint,
  rows: readonly TrainingRow[],
  name = compiled.blueprint.label.name,
): Promise<Float32Array> {
  return (await predictLabels(scorer, compiled, rows, [name]))[0]!;
}

/** The same of several labels. */
export async function predictLabels(
  scorer: Scorer,
  { blueprint, layout }: CompiledBlueprint,
  rows: readonly TrainingRow[],
  names: readonly string[],
): Promise<readonly Float32Array[]> {
  const model = servedModel(scorer, layout);
  const all = labelOutputs(model, blueprint);
  const outputs = await model.predict(rows.length, (row) => vectorOf(rows[row]!, layout));
  return names.map((name) => outputs[all.find(({ label }) => label === name)!.output]!);
}

/** The labels of rows, one number a row. */
export const labelsOf = (rows: readonly TrainingRow[], column: string): Float32Array =>
  Float32Array.from(rows, (row) => row[column] as number);
