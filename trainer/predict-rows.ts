import { setImmediate } from "node:timers/promises";
import type { CompiledBlueprint } from "../blueprints/index.ts";
import { vectorOf } from "../rows/index.ts";
import type { TrainingRow } from "../schemas/index.ts";
import { labelOutputs, servedModel, type Scorer } from "../serving/index.ts";

/** Rows that are predicted at once: decisions that the process makes meanwhile wait for no more. */
const BLOCK = 1_024;

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
  const known = labelOutputs(model, blueprint);
  const wanted = names.map((name) => known.find(({ label }) => label === name)!.output);
  const all = names.map(() => new Float32Array(rows.length));
  for (let from = 0; from < rows.length; from += BLOCK) {
    const count = Math.min(BLOCK, rows.length - from);
    const outputs = await model.predict(count, (row) => vectorOf(rows[from + row]!, layout));
    for (const [at, output] of wanted.entries()) all[at]!.set(outputs[output]!, from);
    if (from + count < rows.length) await setImmediate();
  }
  return all;
}

/** The labels of rows, one number a row. */
export const labelsOf = (rows: readonly TrainingRow[], column: string): Float32Array =>
  Float32Array.from(rows, (row) => row[column] as number);
