import type { TrainingMatrix } from "../../rows/index.ts";
import type { LearntLabel } from "../learnt-labels.ts";
import type { Drift } from "../report/drift.ts";
import type { SearchLedger } from "../search/ledger.ts";

/** A label that was fitted, with the rows that judge it. */
export interface FittedLabel {
  readonly label: LearntLabel;
  /** Of the rows that have the label. */
  readonly train: Pick<TrainingMatrix, "labels" | "weights">;
  readonly holdout: TrainingMatrix;
  /** One a row of `holdout`. */
  readonly predictions: Float32Array;
  /** Of a learner that searches: what it tried. */
  readonly search?: SearchLedger | undefined;
  /** Of the first label: by how much the loss of `holdout` grows without each column. */
  readonly reliance?: readonly number[] | undefined;
  /** Of trees and lines: by how much each column moves the predictions of `holdout`. */
  readonly contributions?: readonly number[] | undefined;
  /** Of the first label: how far `holdout` lies from what was learnt from. */
  readonly drift?: Drift | undefined;
}
