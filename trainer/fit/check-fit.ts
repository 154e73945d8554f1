import { checkModel, objectiveKind, type Objective } from "../../blueprints/index.ts";
import type { TrainingMatrix } from "../../rows/index.ts";
import type { Learner } from "../learners/learner.ts";
import type { FitRequest, FurtherLabel } from "./fit.ts";
import { DomainError } from "../../schemas/index.ts";

/**
 * Refuses requests that no learner can fit, before any learner starts.
 *
 * @throws DomainError naming the parameter and its bounds, the label's objective, or the matrix and its disagreement
 */
export function checkFit(request: FitRequest, learner: Learner): void {
  const { train, holdout, inputs, model, label, further = [] } = request;
  const { objectives } = learner.kind;
  checkModel(model);
  for (const { name, objective: own, classOf } of [label, ...further.map((one) => one.label)]) {
    const objective = classOf === undefined ? own : "multiclass";
    if (objectives.includes(objectiveKind(objective))) continue;
    throw new DomainError(
      "BAD_TRAINING_DATA",
      `learner ${model.learner} can't learn objective ${objective} of ${name}: use ${objectives.join(" or ")}`,
    );
  }
  const isOneLabel = label.classOf !== undefined && further.every((one) => one.label.classOf === label.classOf);
  if (further.length > 0 && !isOneLabel && learner.multiTask?.(model) !== true) {
    throw new DomainError(
      "BAD_TRAINING_DATA",
      `learner ${model.learner} learns one label at a time by these parameters, not ${1 + further.length}: fit one model for each`,
    );
  }
  checkMatrices(train, holdout);
  for (const one of further) checkMatrices({ ...train, labels: one.values }, one.holdout);
  if (inputs !== undefined && inputs.length !== train.columns) {
    throw new DomainError(
      "BAD_TRAINING_DATA",
      `${inputs.length} columns are described, the rows have ${train.columns}`,
    );
  }
  if (further.length === 0) checkLabels(train.labels, label.objective);
  checkWeights(train);
  if (further.length === 0) return;
  if (isOneLabel) checkClasses([train.labels, ...further.map(({ values }) => values)], label.classOf!);
  for (const one of [{ label, values: train.labels }, ...further]) checkSparse(one, train.weights);
}

/** Of each row one class is 1, and the others are 0. */
function checkClasses(classes: readonly Float32Array[], label: string): void {
  const isOne = (row: number): boolean =>
    classes.every((values) => values[row] === 0 || values[row] === 1) &&
    classes.reduce((count, values) => count + values[row]!, 0) === 1;
  const row = classes[0]!.findIndex((_, at) => !isOne(at));
  if (row < 0) return;
  throw new DomainError(
    "BAD_TRAINING_DATA",
    `train: row ${row} has classes ${classes.map((values) => values[row]).join(", ")} of ${label}: one of them is 1, and the others are 0`,
  );
}

/** Of several labels: a row may lack one, but not all rows that count. */
function checkSparse({ label, values }: Omit<FurtherLabel, "holdout">, weights: Float32Array | undefined): void {
  checkLabels(values, label.objective, "sparse");
  if (values.some((value, row) => !Number.isNaN(value) && (weights?.[row] ?? 1) > 0)) return;
  throw new DomainError(
    "BAD_TRAINING_DATA",
    `no row with a weight above 0 has label ${label.name}, so nothing can be learnt of it: wait for more rows or widen the time range`,
  );
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

function checkLabels(labels: Float32Array, objective: Objective, kind?: "sparse"): void {
  const fits = (label: number): boolean =>
    (kind === "sparse" && Number.isNaN(label)) ||
    (objective === "binary" ? label >= 0 && label <= 1 : Number.isFinite(label));
  const row = labels.findIndex((label) => !fits(label));
  if (row < 0) return;
  const wanted = objective === "binary" ? "from 0 to 1" : "finite";
  throw new DomainError(
    "BAD_TRAINING_DATA",
    `train: row ${row} has label ${labels[row]}; labels of a ${objective} objective are ${wanted}`,
  );
}
