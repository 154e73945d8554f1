import type { FeatureColumn, FeatureVector } from "../blueprints/index.ts";
import { encodeFeatures } from "./encoding/encode-features.ts";
import { modelCategories } from "./encoding/model-categories.ts";
import type { Scorer } from "./scorer.ts";
import { DomainError } from "../schemas/index.ts";

/**
 * A model holds the event loop while it runs: 250 rows take half a millisecond with trees, and may take several with
 * another graph.
 */
const MOST_ROWS = 250;

/** A loaded model that takes the feature vectors of one layout. */
export interface ServedModel {
  /** The names of its outputs, in their order. */
  readonly outputs: readonly string[];
  /**
   * @param vectorOf the features of a row as they are logged, in the layout's order
   * @returns for each output one float32 a row
   */
  predict(rows: number, vectorOf: (row: number) => Readonly<FeatureVector>): Promise<readonly Float32Array[]>;
}

const served = new WeakMap<Scorer, WeakMap<readonly FeatureColumn[], ServedModel>>();

/**
 * A loaded model for a layout, kept for both: the next call with the same two costs two look-ups.
 *
 * @throws DomainError `BAD_MODEL` when the model needs a feature that the layout lacks, another number of features, or a vocabulary that
 * its file lacks
 */
export function servedModel(scorer: Scorer, layout: readonly FeatureColumn[]): ServedModel {
  let byLayout = served.get(scorer);
  if (byLayout === undefined) served.set(scorer, (byLayout = new WeakMap()));
  let model = byLayout.get(layout);
  if (model === undefined) byLayout.set(layout, (model = serve(scorer, layout)));
  return model;
}

function serve(scorer: Scorer, layout: readonly FeatureColumn[]): ServedModel {
  const { outputs } = scorer;
  const columns = inputColumns(scorer, layout);
  const encode = encodeFeatures(columns, modelCategories(scorer));
  return {
    outputs,
    async predict(rows, vectorOf) {
      const predictions = outputs.map(() => new Float32Array(rows));
      for (let from = 0; from < rows; from += MOST_ROWS) {
        const count = Math.min(MOST_ROWS, rows - from);
        const matrix = new Float32Array(count * columns.length);
        for (let row = 0; row < count; row++) encode(vectorOf(from + row), matrix, row * columns.length);
        const scores = await scorer.score(matrix, count);
        for (let at = 0; at < predictions.length; at++) predictions[at]!.set(scores[at]!, from);
      }
      return predictions;
    },
  };
}

/**
 * The columns of the layout in the model's order: a file may name them, under the metadata's key `features`.
 *
 * @throws DomainError `BAD_MODEL` when the layout lacks one, or has another number of features
 */
export function inputColumns(
  { columns, metadata }: Pick<Scorer, "columns" | "metadata">,
  layout: readonly FeatureColumn[],
): readonly FeatureColumn[] {
  const named = metadata["features"];
  const names = named === undefined ? layout.map(({ name }) => name) : (JSON.parse(named) as readonly string[]);
  if (names.length !== columns) {
    throw new DomainError(
      "BAD_MODEL",
      `it takes ${columns} features, ${named === undefined ? "the blueprint has" : "its file names"} ${names.length}`,
    );
  }
  return names.map((name) => {
    const column = layout.find((each) => each.name === name);
    if (column === undefined)
      throw new DomainError("BAD_MODEL", `it takes a feature "${name}", which the blueprint does not have`);
    return column;
  });
}
