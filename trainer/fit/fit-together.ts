import { headName } from "../../blueprints/index.ts";
import { rowId, sharedFloats, type TrainingMatrix } from "../../rows/index.ts";
import type { TrainingRow } from "../../schemas/index.ts";
import type { LabelModel } from "../onnx/index.ts";
import type { SplitLabel, SplitRows } from "../split-rows.ts";
import { labelsOf } from "../predict-rows.ts";
import { bootstrapWeights } from "./bootstrap-weights.ts";
import type { Fit, FitRequest, FittedModel } from "./fit.ts";
import type { FittedLabel } from "./fitted-label.ts";

export interface TogetherRequest {
  readonly split: SplitRows;
  readonly matrixOf: (rows: readonly TrainingRow[], label: SplitLabel["label"]) => TrainingMatrix;
  readonly given: Pick<FitRequest, "inputs" | "model" | "metadata" | "kept" | "decided">;
  /** Samples of the rows that are fitted, too. */
  readonly heads: number;
  readonly seed: number;
  /** Whether to measure how much the model goes by each column. */
  readonly explain: boolean;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface FittedTogether {
  readonly labels: readonly FittedLabel[];
  /** All labels are outputs of each. */
  readonly files: readonly LabelModel[];
  readonly seconds: number;
}

/**
 * Fits all labels of a blueprint, or all classes of a label, at once: over one matrix of all rows, in which a row has the labels that it is trained on.
 * So are the heads, each from a sample of the rows.
 */
export async function fitTogether(fit: Fit, request: TogetherRequest): Promise<FittedTogether> {
  const { split, matrixOf, given, heads, seed } = request;
  const [first, ...others] = split.labels as readonly [SplitLabel, ...SplitLabel[]];
  const matrix = matrixOf(split.train, first.label);
  const train = { ...matrix, labels: valuesOf(split.train, first) };
  const holdouts = holdoutsOf(split.labels, matrixOf);
  const further = others.map((each, at) => ({
    label: each.label,
    values: valuesOf(split.train, each),
    holdout: holdouts[at + 1]!,
  }));
  const progressOf =
    (head: number) =>
    (done: number, total: number): void =>
      request.onProgress?.(head * total + done, (1 + heads) * total);
  const whole = { ...given, label: first.label, train, holdout: holdouts[0]!, further };
  const contributions = holdouts[0]!.rows > 0;
  const model = await fit({ ...whole, explain: request.explain, contributions }, progressOf(0));
  let { seconds } = model;
  const files = [fileOf(model, split, (label) => label)];
  const ids = heads === 0 ? [] : split.train.map(rowId);
  for (let head = 1; head <= heads; head++) {
    const weights = bootstrapWeights(ids, head, seed, matrix.weights);
    const sample = { ...whole, model: model.settled ?? given.model, train: { ...train, weights } };
    const fitted = await fit(sample, progressOf(head));
    seconds += fitted.seconds;
    files.push(fileOf(fitted, split, (label) => headName(label, head)));
  }
  const labels = split.labels.map(({ label }, at) => ({
    label,
    train: known(at === 0 ? train.labels : further[at - 1]!.values, matrix.weights),
    holdout: holdouts[at]!,
    predictions: at === 0 ? model.predictions : model.further[at - 1]!,
    contributions: model.contributions?.[at],
    ...(at === 0 && { search: model.search, reliance: model.reliance, drift: model.drift }),
  }));
  return { labels, files, seconds };
}

/** One a label. Labels that are held out for the same rows, as classes are, have one matrix of features. */
function holdoutsOf(labels: readonly SplitLabel[], matrixOf: TogetherRequest["matrixOf"]): readonly TrainingMatrix[] {
  const made: { readonly rows: readonly TrainingRow[]; readonly matrix: TrainingMatrix }[] = [];
  return labels.map(({ label, holdout: rows }) => {
    const same = made.find((one) => one.rows.length === rows.length && one.rows.every((row, at) => row === rows[at]));
    if (same !== undefined) return { ...same.matrix, labels: labelsOf(rows, label.column) };
    const matrix = matrixOf(rows, label);
    made.push({ rows, matrix });
    return matrix;
  });
}

/** One a row, in memory that a worker can read without a copy; NaN: the row is not trained on for this label. */
function valuesOf(rows: readonly TrainingRow[], { label, train }: SplitLabel): Float32Array {
  const values = sharedFloats(rows.length).fill(Number.NaN);
  const own = new Set(train);
  for (const [at, row] of rows.entries()) if (own.has(row)) values[at] = row[label.column] as number;
  return values;
}

/** Those of the rows that have the label. */
function known(values: Float32Array, weights: Float32Array | undefined): FittedLabel["train"] {
  const has = (_: number, row: number): boolean => !Number.isNaN(values[row]);
  return { labels: values.filter(has), ...(weights && { weights: weights.filter(has) }) };
}

function fileOf({ onnx }: FittedModel, { labels }: SplitRows, nameOf: (label: string) => string): LabelModel {
  const names = labels.map(({ label }) => label.name);
  return { label: nameOf(names[0]!), onnx, outputs: new Map(names.map((name) => [name, nameOf(name)])) };
}
