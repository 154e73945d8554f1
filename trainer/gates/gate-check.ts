import type { Metric, TrainingConfig } from "../../blueprints/index.ts";
import type { Slice } from "../evidence/slices.ts";
import type { KeptFigures } from "../evidence/kept-figures.ts";
import type { Gain } from "../evidence/paired-gain.ts";

type Metrics = Readonly<Record<string, number>>;

export interface Rival {
  readonly modelId: string;
  readonly metrics: Metrics;
  /** Of the candidate over it, by the blueprint's metric; `undefined`: one of them has no such metric on these rows. */
  readonly gain: Gain | undefined;
  /** The newest row that it was trained on, decision time in ms. */
  readonly trainedUntil: number;
  /** By how much the newest row of the candidate is newer than that, ms. */
  readonly newerByMs: number;
}

/** The facts by which a candidate is judged. */
export interface Evidence {
  /** The metric that the blueprint names. */
  readonly metric: Metric;
  /** What a candidate must do to replace a model. */
  readonly rule: Pick<TrainingConfig, "tolerance" | "refreshAfterMs" | "slices" | "calibration">;
  /** Newest rows, that neither the candidate nor its rival had learnt from. All metrics are of them, but for those of kept units. */
  readonly holdoutRows: number;
  /** The share of the rows that was asked for to judge by. */
  readonly holdoutShare: number;
  /** Sum of their weights, by which the metrics are means; absent: all rows count the same. */
  readonly holdoutWeight?: number | undefined;
  readonly candidate: Metrics;
  /** Of a model that predicts the mean of the training labels for everything. */
  readonly constant: () => Metrics;
  /** The model that was in production when the candidate was evaluated. */
  readonly rival: Rival | undefined;
  /** Of the features that the blueprint names, those that are large enough; empty without a rival. */
  readonly slices: readonly Slice[];
  /** How far the predictions are off, and the mean label; `undefined`: nothing was held out, or they are of classes or quantiles. */
  readonly calibration: { readonly excess: number; readonly mean: number } | undefined;
  /** The file beside its rival on units that neither has learnt from; absent: none are kept, or none of their rows can judge. */
  readonly kept?: KeptFigures | undefined;
  /** The model that is in production now. */
  readonly inProduction: string | undefined;
}

export interface CheckVerdict {
  readonly passed: boolean;
  /** With the figures, for the model's record. */
  readonly reason: string;
}

/** One of the checks that a candidate passes before it goes to production. */
export interface GateCheck {
  readonly name: string;
  /** Pure. `undefined`: the evidence is none for this check, and another one says why. */
  verdict(evidence: Evidence): CheckVerdict | undefined;
}
