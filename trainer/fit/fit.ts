import type { Drift } from "../report/drift.ts";
import type { ModelConfig, Objective } from "../../blueprints/index.ts";
import type { TrainingMatrix } from "../../rows/index.ts";
import type { KeptSearches, SearchLedger } from "../search/ledger.ts";
import type { FitColumn } from "../learners/learner.ts";

/** A further label of a learner that learns several in one fit. */
export interface FurtherLabel {
  readonly label: FitRequest["label"];
  /** One a row of those to train on; NaN: the row lacks it. */
  readonly values: Float32Array;
  /** Rows to predict it for; may have no rows. */
  readonly holdout: TrainingMatrix;
}

export interface FitRequest {
  readonly train: TrainingMatrix;
  /** Rows to predict, which the learner never sees; may have no rows. */
  readonly holdout: TrainingMatrix;
  /** The columns of both; absent: all hold numbers. */
  readonly inputs?: readonly FitColumn[] | undefined;
  readonly label: {
    readonly name: string;
    readonly objective: Objective;
    /** The label that it is a class of; the other classes are further labels, next to it. */
    readonly classOf?: string | undefined;
  };
  /** Learnt in the same fit. A row of `train` may then lack the label, and has NaN there. */
  readonly further?: readonly FurtherLabel[] | undefined;
  /** The learner and its parameters. */
  readonly model: ModelConfig;
  /** Whether to measure how much the model goes by each column. */
  readonly explain?: boolean | undefined;
  /** Whether to measure by how much each column moves the predictions. */
  readonly contributions?: boolean | undefined;
  /** Of a learner that searches: where it keeps what it has tried; absent: nowhere. */
  readonly kept?: KeptSearches | undefined;
  /** Of a learner that searches: what a former search chose, which is fitted without another one; absent: it searches. */
  readonly decided?: SearchLedger | undefined;
  /** Strings to write into the file. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface FittedModel {
  /** A function of the rows that are trained on, the model's section and the metadata alone. */
  readonly onnx: Uint8Array;
  /** Of the label, one a held-out row, as serving gives it: a probability (binary) or a value (regression). */
  readonly predictions: Float32Array;
  /** Of each further label, one a row that is held out for it. */
  readonly further: readonly Float32Array[];
  /** Share of each column in the learnt model. */
  readonly importance: readonly number[];
  /** Of a learner that searches: what it tried. */
  readonly search?: SearchLedger | undefined;
  /** Of such a learner: the learner and parameters of the heads. */
  readonly settled?: ModelConfig | undefined;
  /** Where it was asked for: by how much the loss of the held-out rows grows without each column. */
  readonly reliance?: readonly number[] | undefined;
  /** Where it was asked for, of a sum of trees or lines: by how much each column moves the predictions of the held-out rows, a list for each label. */
  readonly contributions?: readonly (readonly number[])[] | undefined;
  /** Where it was asked for: how far the held-out rows lie from those that were learnt from. */
  readonly drift?: Drift | undefined;
  /** wall-clock time of the fit; part of nothing else */
  readonly seconds: number;
}

/** Fits a model by the learner that its section names. */
export type Fit = (request: FitRequest, onProgress?: (done: number, total: number) => void) => Promise<FittedModel>;
