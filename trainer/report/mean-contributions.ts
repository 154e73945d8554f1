import type { TrainingMatrix } from "../../rows/index.ts";
import type { LinearModel } from "../onnx/from-linear.ts";
import { marginsOf, type TreeModel } from "../xgboost/index.ts";
import { lineParts } from "./line-parts.ts";
import { predictionParts, type Link } from "./prediction-parts.ts";
import { stepsOf, treeShap, type Contributions } from "./tree-shap.ts";

/** Rows that are looked at; of many large trees fewer. */
const MOST_ROWS = 200;
const LEAST_ROWS = 50;
/** Of all rows: some tenths of a second of a processor, at every training. Of classes the least rows may take as much for each. */
const MOST_STEPS = 4e7;

/** What the margins of a file are the sum of: trees, lines, or both. */
export interface Summed {
  readonly trees?: TreeModel | undefined;
  /** Of one margin. */
  readonly lines?: LinearModel | undefined;
}

/**
 * By how much each column moves a prediction: the mean size of its part, in the unit of the predictions (`prediction-parts.ts`).
 *
 * @param matrix the newest of its rows are looked at
 * @param learnt the rows that the lines were fitted to
 * @returns a list an output, one number a column; `undefined`: there are no rows that count, too large trees for so many, or trees that do not know how many rows came where
 */
export function meanContributions(
  summed: Summed,
  matrix: TrainingMatrix,
  learnt: Pick<TrainingMatrix, "features" | "rows" | "weights">,
): readonly (readonly number[])[] | undefined {
  const trees = summed.trees?.trees ?? [];
  if (trees.some(({ cover }) => cover === undefined)) return undefined;
  const steps = trees.reduce((sum, tree) => sum + stepsOf(tree), 0);
  const ofClasses = MOST_STEPS * (summed.trees?.classMargins?.length ?? 1);
  const fewest = steps * LEAST_ROWS <= ofClasses ? LEAST_ROWS : 0;
  const most = steps === 0 ? MOST_ROWS : Math.min(MOST_ROWS, Math.max(fewest, Math.floor(MOST_STEPS / steps)));
  const { columns } = matrix;
  if (most < LEAST_ROWS) return undefined;
  const from = Math.max(0, matrix.rows - most);
  const rows = matrix.rows - from;
  const weights = matrix.weights?.subarray(from);
  const margins = marginParts(summed, matrix.features.subarray(from * columns), rows, learnt);
  const link = linkOf(summed);
  const sums = margins.map(() => new Array<number>(columns).fill(0));
  let all = 0;
  for (let row = 0; row < rows; row++) {
    const weight = weights?.[row] ?? 1;
    const own = margins.map(({ base, values }) => ({
      ...{ base, parts: values.subarray(row * columns, (row + 1) * columns) },
    }));
    for (const [output, parts] of predictionParts(link, own).entries()) {
      for (let column = 0; column < columns; column++) sums[output]![column]! += weight * Math.abs(parts[column]!);
    }
    all += weight;
  }
  return all > 0 ? sums.map((each) => each.map((sum) => sum / all)) : undefined;
}

function linkOf({ trees, lines }: Summed): Link {
  if (trees?.classMargins !== undefined) return "softmax";
  return lines?.binary === true || trees?.objective === "binary:logistic" ? "logistic" : "identity";
}

/** The parts of each margin. */
function marginParts(
  { trees, lines }: Summed,
  features: Float32Array,
  rows: number,
  learnt: Pick<TrainingMatrix, "features" | "rows" | "weights">,
): readonly Contributions[] {
  const ofTrees = trees === undefined ? [] : ofEach(trees).map((one) => treeShap(one, features, rows));
  if (lines === undefined) return ofTrees;
  const ofLines = lineParts(lines, learnt, features, rows);
  const [above] = ofTrees;
  if (above === undefined) return [ofLines];
  return [{ base: ofLines.base + above.base, values: ofLines.values.map((value, at) => value + above.values[at]!) }];
}

/** The trees of each margin, as a model whose value it is. */
function ofEach(model: TreeModel): readonly TreeModel[] {
  const margins = marginsOf(model);
  return margins.map((baseScore, at) => ({
    ...{ objective: "reg:squarederror", columns: model.columns, baseScore },
    trees: model.trees.filter((_, tree) => tree % margins.length === at),
  }));
}
