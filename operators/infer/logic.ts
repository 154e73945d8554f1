import type { CompiledBlueprint, FeatureVector } from "../../blueprints/index.ts";
import type { Enriched } from "../../schemas/index.ts";
import { labelOutputs, servedModel, type Scorer } from "../../serving/index.ts";

/** By label name. */
export type Predictions = Readonly<Record<string, number>>;

/**
 * The predictions of a blueprint's labels.
 * @returns those of each request, in order.
 */
export async function predict(
  requests: readonly Enriched[],
  { blueprint, layout }: CompiledBlueprint,
  scorer: Scorer,
): Promise<readonly Predictions[]> {
  const model = servedModel(scorer, layout);
  const labels = labelOutputs(model, blueprint);
  const outputs = await model.predict(requests.length, (row) => requests[row]!.features as FeatureVector);
  return requests.map((_, row) => {
    const predictions: Record<string, number> = {};
    for (const { label, output } of labels) predictions[label] = outputs[output]![row]!;
    return predictions;
  });
}
