import type { TrainingMatrix } from "../../rows/index.ts";
import type { TreeModel } from "../xgboost/index.ts";
import { stepsOf, treeShap } from "./tree-shap.ts";

/** Rows that are looked at; of many large trees fewer. */
const MOST_ROWS = 200;
const LEAST_ROWS = 50;
/** Of all rows: some tenths of a second of a processor, at every training. */
const MOST_STEPS = 4e7;

/**
 * By how much each column moves a prediction: the mean size of its part, in the unit of the predictions. Of probabilities the parts of the log odds of a
 * row are scaled so that they sum to what they move the probability by.
 *
 * @param matrix the newest of its rows are looked at
 * @returns one number a column; `undefined`: there are no rows that count, too large trees for so many, or trees that do not know how many rows came where
 */
export function meanContributions(model: TreeModel, matrix: TrainingMatrix): readonly number[] | undefined {
  const { columns, trees } = model;
  if (trees.some(({ cover }) => cover === undefined)) return undefined;
  const steps = trees.reduce((sum, tree) => sum + stepsOf(tree), 0);
  const most = Math.min(MOST_ROWS, Math.floor(MOST_STEPS / steps));
  if (most < LEAST_ROWS) return undefined;
  const from = Math.max(0, matrix.rows - most);
  const rows = matrix.rows - from;
  const weights = matrix.weights?.subarray(from);
  const { base, values } = treeShap(model, matrix.features.subarray(from * columns), rows);
  const sums = new Array<number>(columns).fill(0);
  let all = 0;
  for (let row = 0; row < rows; row++) {
    const own = values.subarray(row * columns, (row + 1) * columns);
    const weight = weights?.[row] ?? 1;
    const scale = model.objective === "binary:logistic" ? slopeOf(base, own) : 1;
    for (let column = 0; column < columns; column++) sums[column]! += weight * scale * Math.abs(own[column]!);
    all += weight;
  }
  return all > 0 ? sums.map((sum) => sum / all) : undefined;
}

const logistic = (margin: number): number => 1 / (1 + Math.exp(-margin));

/** Of the line from the base to a row's own margin on the way of probabilities. */
function slopeOf(base: number, parts: Float64Array): number {
  const moved = parts.reduce((sum, part) => sum + part, 0);
  const chance = logistic(base);
  // So near there is no difference to divide.
  return Math.abs(moved) < 1e-6 ? chance * (1 - chance) : (logistic(base + moved) - chance) / moved;
}
