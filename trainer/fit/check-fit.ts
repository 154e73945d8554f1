import { checkModel, type Objective } from "../../blueprints/index.ts";
import type { TrainingMatrix } from "../../rows/index.ts";
import type { FitRequest } from "./fit.ts";
import { DomainError } from "../../schemas/index.ts";

/**
 * Refuses requests that no learner can fit, before any learner starts.
 *
 * @throws DomainError naming the parameter and its bounds, the label's objective, or the matrix and its disagreement
 */
export function checkFit({ train, holdout, inputs, model, label }: FitRequest, objectives: readonly Objective[]): void {
  checkModel(model);
  if (!objectives.includes(label.objective)) {
    throw new DomainError(
      "BAD_TRAINING_DATA",
      `learner ${model.learner} can't learn objective ${label.objective} of ${label.name}: use ${objectives.join(" or ")}`,
    );
  }
  checkMatrices(train, holdout);
  if (inputs !== undefined && inputs.length !== train.columns) {
    throw new DomainError(
      "BAD_TRAINING_DATA",
      `${inputs.length} columns are described, the rows have ${train.columns}`,
    );
  }
  checkLabels(train.labels, label.objective);
  checkWeights(train);
}

function checkMatrices(train: TrainingMatrix, holdout: TrainingMatrix): void {
  if (train.rows === 0)
    throw new DomainError("NO_ROWS", "there are no rows to train on; widen the time range or wait for more rows");
  if (train.columns !== holdout.columns) {
    throw new DomainError(
      "BAD_TRAINING_DATA",
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
      throw new DomainError("BAD_TRAINING_DATA", `${name}: ${rows} rows × ${columns} columns do not fit ${lengths}`);
    }
  }
}

function checkWeights({ weights }: TrainingMatrix): void {
  if (weights === undefined) return;
  const row = weights.findIndex((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY));
  if (row >= 0) {
    throw new DomainError(
      "BAD_TRAINING_DATA",
      `train: row ${row} has weight ${weights[row]}; weights are finite and not negative`,
    );
  }
  if (weights.some((weight) => weight > 0)) return;
  throw new DomainError(
    "BAD_TRAINING_DATA",
    `all weights of the ${weights.length} rows are 0, so nothing can be learnt of them: let training.weight be above 0 for some`,
  );
}

function checkLabels(labels: Float32Array, objective: Objective): void {
  const fits = (label: number): boolean => (objective === "binary" ? label >= 0 && label <= 1 : Number.isFinite(label));
  const row = labels.findIndex((label) => !fits(label));
  if (row < 0) return;
  const wanted = objective === "binary" ? "from 0 to 1" : "finite";
  throw new DomainError(
    "BAD_TRAINING_DATA",
    `train: row ${row} has label ${labels[row]}; labels of a ${objective} objective are ${wanted}`,
  );
}
