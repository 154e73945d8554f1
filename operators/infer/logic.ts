import {
  encodeFeatures,
  type CompiledBlueprint,
  type EncodeFeatures,
  type FeatureVector,
} from "../../blueprints/index.ts";
import type { Enriched } from "../../schemas/index.ts";
import { modelCategories, type Scorer } from "../../serving/index.ts";

/** A model holds the event loop while it runs: 250 rows are half a millisecond of trees, and may be several of another graph. */
const MOST_ROWS = 250;

const encoders = new WeakMap<Scorer, EncodeFeatures>();

/** One prediction a request. @returns one number each, in order. */
export async function predict(
  requests: readonly Enriched[],
  compiled: CompiledBlueprint,
  scorer: Scorer,
): Promise<Float32Array> {
  let encode = encoders.get(scorer);
  if (encode === undefined) {
    encoders.set(scorer, (encode = encodeFeatures(compiled.layout, modelCategories(scorer))));
  }
  const predictions = new Float32Array(requests.length);
  const { columns } = scorer;
  for (let from = 0; from < requests.length; from += MOST_ROWS) {
    const part = requests.slice(from, from + MOST_ROWS);
    const matrix = new Float32Array(part.length * columns);
    for (const [row, { features }] of part.entries()) encode(features as FeatureVector, matrix, row * columns);
    predictions.set(await scorer.score(matrix, part.length), from);
  }
  return predictions;
}
