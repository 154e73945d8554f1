import type { KeptSearches, SearchLedger } from "../search/ledger.ts";
import type { Summed } from "../report/mean-contributions.ts";
import type { LearnerKind, LearnerName, LearnerParameters, ModelConfig, Objective } from "../../blueprints/index.ts";

/** A label to learn. */
export interface FitLabel {
  /** The model's output that predicts it has this name. */
  readonly name: string;
  readonly objective: Objective;
  /**
   * The label that it is a class of. All labels of a fit are then the classes of that one, learnt together: of each row one class is 1 and the others
   * are 0, and the predictions of a row sum to 1. Only a learner whose kind has the objective `multiclass` is asked for that. Absent: a label of its own.
   */
  readonly classOf?: string | undefined;
  /** One a row: from 0 to 1 (binary), or a finite value in the label's unit (regression). Of one of several labels NaN: the row lacks it. */
  readonly values: Float32Array;
}

/** A column of the features. */
export interface FitColumn {
  /** As the blueprint's layout has it. */
  readonly name: string;
  /** How many categories it has: its values are their numbers from 0 on. Absent: it holds numbers. */
  readonly categories?: number | undefined;
}

/** The input of a learner. It is checked; do not change anything in it. */
export interface FitInput<L extends LearnerName = LearnerName> {
  /** rows × columns float32, row-major, rows from the oldest to the newest; NaN = missing, no infinities */
  readonly features: Float32Array;
  /** at least 1 */
  readonly rows: number;
  readonly columns: number;
  /** One a column. A category that no row has may be asked for as NaN, and a column that is missing in every row tells nothing. */
  readonly inputs: readonly FitColumn[];
  /** one a row, not negative; all 1 when absent */
  readonly weights?: Float32Array | undefined;
  /** At least one. */
  readonly labels: readonly FitLabel[];
  /**
   * Newer rows that say when to stop, for a learner that has `steps`; no part of the model is made from them. Absent: it takes all its steps.
   */
  readonly validation?: FitValidation | undefined;
  /** The learner's parameters, each within its bounds. */
  readonly model: ModelConfig<L>;
  /** Strings that the file must carry. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Of a learner that searches: where it keeps what it has tried; absent: nowhere. */
  readonly kept?: KeptSearches | undefined;
  /** Of a learner that searches: what a former search chose, which is fitted to these rows without another one. Absent: it searches. */
  readonly decided?: SearchLedger | undefined;
  /** Call it now and then: steps done, steps in all. An error that it throws ends the fit. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface FitValidation {
  /** As those of the rows. */
  readonly features: Float32Array;
  /** at least 1 */
  readonly rows: number;
  /** One list a label, in the labels' order. */
  readonly labels: readonly Float32Array[];
  readonly weights?: Float32Array | undefined;
}

export interface LearntModel {
  /**
   * ONNX file with one input float[N, columns] and an output float[N, 1] for each label, under the label's name; a model of one label may call it
   * `prediction`. A function of the input alone: the same input gives the same bytes.
   */
  readonly onnx: Uint8Array;
  /** Share of each column in the learnt model, summing to 1; all zeros if nothing was learnt. */
  readonly importance: readonly number[];
  /** Of a fit with validation rows: the steps after which they were predicted best, which are those of the model. */
  readonly steps?: number | undefined;
  /**
   * Of a file that is the sum of trees, of lines or of both, and perhaps its sigmoid, or of a sum of trees a class and their softmax: they, by which it is
   * told what moves a prediction.
   */
  readonly summed?: Summed | undefined;
  /** Of a learner that searches: what it tried. */
  readonly search?: SearchLedger | undefined;
  /** Of a learner that searches: the learner and parameters that were best, by which the heads of the model are fitted. */
  readonly settled?: ModelConfig | undefined;
}

/** Where a search looks for a learner's parameters. All that it gives is within their bounds. */
export interface SearchSpace<L extends LearnerName = LearnerName> {
  /** Tried first, in this order: values that often serve well, of few rows and of many. */
  readonly first: readonly Partial<LearnerParameters[L]>[];
  /** Absent: nothing else is tried. @param draw an even number from 0 to 1 for a name */
  readonly more?: ((draw: (name: string) => number) => Partial<LearnerParameters[L]>) | undefined;
}

/** Fits the models of one learner. */
export interface Learner<L extends LearnerName = LearnerName> {
  readonly kind: LearnerKind<L>;
  /**
   * URL of the file that registers it, `import.meta.url`: a worker thread imports it, and fits there. Absent: a fit runs on the thread that asks, and blocks it
   * as long as `fit` does.
   */
  readonly module?: string | undefined;
  /** The parameter that says how many steps it takes, one after the other: trees, or passes over the rows. */
  readonly steps?: string | undefined;
  /** What a search among learners tries of this one; absent: nothing. */
  readonly space?: SearchSpace<L> | undefined;
  /**
   * Whether one fit learns all labels of a blueprint, by these parameters (multi-task learning). A row then has NaN for a label that it lacks, and each label
   * has a value in some row that counts. Absent: a fit for each label.
   */
  multiTask?(model: ModelConfig<L>): boolean;
  /** Rejects with an Error that says which input to change. */
  fit(input: FitInput<L>): Promise<LearntModel>;
}
