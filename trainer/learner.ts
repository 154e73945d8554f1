import type { TrainingMatrix } from "../rows/index.ts";

export interface LearnerParams {
  readonly objective: "binary" | "regression";
  /** most splits between a tree's root and a leaf, 1–16 */
  readonly depth: number;
  /** number of trees, at least 1 */
  readonly rounds: number;
  /** share of each tree's correction that is kept, in (0, 1] */
  readonly learningRate: number;
  /** least sum of second derivatives (regression: of weights) in a leaf, at least 0 */
  readonly minChildWeight: number;
  /** share of rows each tree sees, drawn anew, in (0, 1] */
  readonly subsample: number;
  /** pull of leaf values towards 0, at least 0 */
  readonly l2: number;
  /** most candidate thresholds a column, at least 2 */
  readonly maxBins: number;
  /** whole number in [0, 2^31) */
  readonly seed: number;
}

export interface FittedModel {
  /** ONNX file: `features` float[N, columns] → `prediction` float[N, 1]; a function of the data and params alone */
  readonly onnx: Uint8Array;
  /** one a holdout row: a probability (binary) or a value (regression) */
  readonly predictions: Float32Array;
  /** share of each column in what the splits gained, summing to 1, or zeros when nothing was split */
  readonly importance: readonly number[];
  /** wall-clock time of the fit; part of nothing else */
  readonly seconds: number;
}

/** Learns one model. The same data, params and metadata give the same `onnx` bytes. */
export interface Learner {
  readonly name: string;
  /**
   * @param holdout rows to predict, never learned from; may have no rows
   * @param metadata strings to write into the ONNX file
   * @param onProgress called after each round
   * @throws Error that says which argument to change; the matrices are left as they were
   */
  fit(
    train: TrainingMatrix,
    holdout: TrainingMatrix,
    params: LearnerParams,
    metadata: Readonly<Record<string, string>>,
    onProgress?: (done: number, total: number) => void,
  ): Promise<FittedModel>;
}
