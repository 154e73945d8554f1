import type { TrainingMatrix } from "../rows/index.ts";
import type { LearnerParams } from "./learner.ts";

/**
 * What every learner refuses before it starts.
 *
 * @throws RangeError naming the parameter and its bounds, or the matrix and what disagrees
 */
export function checkFit(train: TrainingMatrix, holdout: TrainingMatrix, params: LearnerParams): void {
  checkParams(params);
  checkMatrices(train, holdout);
  checkLabels(train.labels, params.objective);
}

/** Each bound as [name, lowest, highest, whole number?]; `learningRate` and `subsample` exclude their lowest. */
const BOUNDS = [
  ["depth", 1, 16, true],
  ["rounds", 1, 100_000, true],
  ["learningRate", 0, 1, false],
  ["minChildWeight", 0, Number.MAX_VALUE, false],
  ["subsample", 0, 1, false],
  ["l2", 0, Number.MAX_VALUE, false],
  ["maxBins", 2, 65_536, true],
  ["seed", 0, 2 ** 31 - 1, true],
] as const;

function checkParams(params: LearnerParams): void {
  for (const [name, lowest, highest, whole] of BOUNDS) {
    const value = params[name];
    const above = name === "learningRate" || name === "subsample" ? value > lowest : value >= lowest;
    if (above && value <= highest && (!whole || Number.isInteger(value))) continue;
    const kind = whole ? "a whole number" : "a number";
    throw new RangeError(`learner parameter ${name} is ${value}; it must be ${kind} from ${lowest} to ${highest}`);
  }
}

function checkMatrices(train: TrainingMatrix, holdout: TrainingMatrix): void {
  if (train.rows === 0)
    throw new RangeError("there are no rows to train on; widen the time range or wait for more rows");
  if (train.columns !== holdout.columns) {
    throw new RangeError(
      `train has ${train.columns} columns, holdout ${holdout.columns}; read both with one blueprint`,
    );
  }
  for (const [name, matrix] of [
    ["train", train],
    ["holdout", holdout],
  ] as const) {
    const { features, labels, weights, rows, columns } = matrix;
    if (features.length !== rows * columns || labels.length !== rows || (weights && weights.length !== rows)) {
      const lengths = `${features.length} features, ${labels.length} labels, ${weights?.length ?? "no"} weights`;
      throw new RangeError(`${name}: ${rows} rows × ${columns} columns do not fit ${lengths}`);
    }
  }
}

function checkLabels(labels: Float32Array, objective: LearnerParams["objective"]): void {
  const fits = (label: number): boolean => (objective === "binary" ? label >= 0 && label <= 1 : Number.isFinite(label));
  const row = labels.findIndex((label) => !fits(label));
  if (row < 0) return;
  const wanted = objective === "binary" ? "from 0 to 1" : "finite";
  throw new RangeError(`train: row ${row} has label ${labels[row]}; labels of a ${objective} objective are ${wanted}`);
}
