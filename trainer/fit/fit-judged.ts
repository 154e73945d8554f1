import { keepFeatures } from "../../rows/index.ts";
import type { TrainingRow } from "../../schemas/index.ts";
import { unitsOf } from "../classes.ts";
import { splitRows, type SplitRows } from "../split-rows.ts";
import { EncodedRows } from "./encoded-rows.ts";
import type { Fit } from "./fit.ts";
import { fitRows, type FitRowsRequest, type FittedRows } from "./fit-rows.ts";
import type { FittedLabel } from "./fitted-label.ts";

export interface FitJudgedRequest extends Omit<FitRowsRequest, "heads" | "encoded" | "decided"> {
  /** All rows of the split, in their order. Packed ones lose their features but for those that judge the first label, and those of `judging`. */
  readonly rows: readonly TrainingRow[];
  /** Further rows whose features stay: they are in no fit. */
  readonly judging?: readonly TrainingRow[] | undefined;
}

/** The file, and the labels of the fit that was judged. */
export interface FittedJudged extends FittedRows {
  /** What the file was made from. */
  readonly learnt: SplitRows;
  /** Of the rows that the file learnt the first label from; absent: all rows count the same. */
  readonly weights?: Float32Array | undefined;
  /** Whether the file is that of a second fit, which learnt from the rows that judged the first one, too. */
  readonly refitted: boolean;
}

/**
 * Learns from the older rows and predicts those that judge; then learns from all rows and gives the file of that. So a
 * model is judged by rows that it has not seen, and what serves has seen the newest rows. Without rows that judge there is
 * one fit.
 */
export async function fitJudged(fit: Fit, request: FitJudgedRequest): Promise<FittedJudged> {
  const { rows, judging = [], onProgress, ...rest } = request;
  const { compiled, split } = rest;
  const encoded = new EncodedRows(compiled, rows);
  keepFeatures(rows, [...split.labels[0]!.holdout, ...judging], compiled.layout);
  if (split.labels.every(({ holdout }) => holdout.length === 0)) {
    const only = await fitRows(fit, { ...rest, encoded, onProgress });
    return { ...only, weights: only.labels[0]!.train.weights, learnt: split, refitted: false };
  }
  const half =
    (second: 0 | 1) =>
    (done: number, total: number): void =>
      onProgress?.(second * total + done, 2 * total);
  const judged = await fitRows(fit, { ...rest, encoded, heads: 0, onProgress: half(0) });
  const learnt = splitRows(compiled, rows, 0);
  const decided = decidedBy(judged.labels);
  const last = await fitRows(fit, { ...rest, encoded, split: learnt, decided, onProgress: half(1) });
  const { weights } = last.labels[0]!.train;
  const seconds = judged.seconds + last.seconds;
  return { onnx: last.onnx, seconds, labels: judged.labels, weights, learnt, refitted: true };
}

/** What the searches of a fit chose, a ledger for each label or for all classes of one. */
export const decidedBy = (labels: readonly FittedLabel[]): FitRowsRequest["decided"] =>
  unitsOf(labels, ({ label }) => label.classOf).map(([first]) => first!.search);
