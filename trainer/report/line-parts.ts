import type { TrainingMatrix } from "../../rows/index.ts";
import type { LinearModel } from "../onnx/from-linear.ts";
import type { Contributions } from "./tree-shap.ts";

/** What each column of a row adds to the sum, in order. */
function addedBy(model: LinearModel, features: Float32Array, row: number, into: Float64Array): void {
  const { numbers, categories, columns } = model;
  into.fill(0);
  for (const { column, knots, rises, fill, missing } of numbers) {
    const given = features[row * columns + column]!;
    const value = Number.isNaN(given) ? fill : given;
    let sum = Number.isNaN(given) ? missing : 0;
    for (let at = 0; at < rises.length; at++) {
      const [low, high] = [knots[at]!, knots[at + 1]!];
      sum += Math.min(1, Math.max(0, (value - low) / (high - low))) * rises[at]!;
    }
    into[column] = sum;
  }
  for (const { column, values } of categories) {
    const code = features[row * columns + column]!;
    const last = values.length - 1;
    into[column] = values[Number.isNaN(code) ? last : Math.min(last, Math.max(0, code))]!;
  }
}

/**
 * What each column adds to the margin of each row beyond what it adds on average: of a straight line its coefficient times the value's distance from the
 * mean. These are the exact Shapley values of a sum of columns.
 *
 * @param learnt rows × columns of the rows that the mean is of, by their weights
 * @param features rows × columns float32, row-major, NaN = missing
 */
export function lineParts(
  model: LinearModel,
  learnt: Pick<TrainingMatrix, "features" | "rows" | "weights">,
  features: Float32Array,
  rows: number,
): Contributions {
  const { columns, intercept } = model;
  const added = new Float64Array(columns);
  const means = new Float64Array(columns);
  let all = 0;
  for (let row = 0; row < learnt.rows; row++) {
    const weight = learnt.weights?.[row] ?? 1;
    if (weight === 0) continue;
    addedBy(model, learnt.features, row, added);
    all += weight;
    for (let column = 0; column < columns; column++) means[column]! += weight * added[column]!;
  }
  for (let column = 0; column < columns; column++) means[column] = all > 0 ? means[column]! / all : 0;
  const values = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    addedBy(model, features, row, added);
    for (let column = 0; column < columns; column++) values[row * columns + column] = added[column]! - means[column]!;
  }
  return { base: means.reduce((sum, mean) => sum + mean, intercept), values };
}
