import {
  optionVector,
  type CompiledBlueprint,
  type CompiledOptions,
  type FeatureVector,
} from "../../blueprints/index.ts";
import type { Enriched } from "../../schemas/index.ts";
import { labelOutputs, servedModel, type Scorer } from "../../serving/index.ts";

/** What of a request or a decision a model is asked by. */
export interface Predictable {
  /** In the blueprint's order. */
  readonly features: Enriched["features"];
  readonly options: readonly { readonly features: Enriched["features"] }[];
}

/** By label name. */
export type Predictions = Readonly<Record<string, number>>;

/** The predictions of a request, or of each of its options. */
export interface Predicted {
  /** Empty where they are the options'. */
  readonly predictions: Predictions;
  /** In the order of the options. */
  readonly options: readonly Predictions[];
}

const nothing: Predictions = Object.freeze({});
const none: readonly Predictions[] = Object.freeze([]);
export const notPredicted: Predicted = Object.freeze({ predictions: nothing, options: none });

/**
 * The predictions of a blueprint's labels, in one run of the model.
 * @returns those of each request, in order.
 */
export async function predict(
  requests: readonly Predictable[],
  compiled: CompiledBlueprint,
  scorer: Scorer,
): Promise<readonly Predicted[]> {
  const { options } = compiled;
  if (options !== null) return predictOptions(requests, compiled, options, scorer);
  const all = await predictAll(requests.length, (row) => requests[row]!.features as FeatureVector, compiled, scorer);
  return all.map((predictions) => ({ predictions, options: none }));
}

async function predictAll(
  rows: number,
  vectorOf: (row: number) => FeatureVector,
  { blueprint, layout }: CompiledBlueprint,
  scorer: Scorer,
): Promise<readonly Predictions[]> {
  const model = servedModel(scorer, layout);
  const labels = labelOutputs(model, blueprint);
  const outputs = await model.predict(rows, vectorOf);
  return Array.from({ length: rows }, (_, row) => {
    const predictions: Record<string, number> = {};
    for (const { label, output } of labels) predictions[label] = outputs[output]![row]!;
    return predictions;
  });
}

/** All options of all requests in one run. */
async function predictOptions(
  requests: readonly Predictable[],
  compiled: CompiledBlueprint,
  known: CompiledOptions,
  scorer: Scorer,
): Promise<readonly Predicted[]> {
  const vectors = requests.flatMap(({ features, options }) =>
    options.map((option) => optionVector(features, option.features, known)),
  );
  const all = vectors.length === 0 ? none : await predictAll(vectors.length, (row) => vectors[row]!, compiled, scorer);
  let from = 0;
  return requests.map(({ options }) => {
    const own = all.slice(from, from + options.length);
    from += options.length;
    return { predictions: nothing, options: own };
  });
}
