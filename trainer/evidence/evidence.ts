import type { CompiledBlueprint } from "../../blueprints/index.ts";
import type { ModelRecorded, TrainingRow } from "../../schemas/index.ts";
import type { Evidence } from "../gates/index.ts";
import type { Rival } from "../gates/gate-check.ts";
import { unitsOf } from "../classes.ts";
import { calibrationExcess, weightedMean } from "../../statistics/index.ts";
import { labelMetrics, unitMetrics, type PredictedLabel } from "../learnt-labels.ts";
import { bestConstants } from "../loss.ts";
import { comparison } from "./compare-models.ts";
import { slicesOf } from "./slices.ts";
import { predictLabels } from "../predict-rows.ts";
import type { TrainingTools } from "../training-tools.ts";

/** One number a row, and the rows' weights; absent: all rows count the same. */
interface Labels {
  readonly labels: Float32Array;
  readonly weights?: Float32Array | undefined;
}

/** A candidate's predictions of a label for the rows that judge it, and the older rows, whose mean or quantile is the constant. */
export interface JudgedLabel {
  readonly label: PredictedLabel["label"];
  readonly train: Labels;
  readonly holdout: Labels;
  /** One a row of `holdout`. */
  readonly predictions: Float32Array;
}

/** What a candidate is judged by. */
export interface Judging {
  /** The held-out rows of the first label. */
  readonly rows: readonly TrainingRow[];
  /** The share that was asked for. */
  readonly share: number;
  readonly production: ModelRecorded | undefined;
  /** The newest row that the candidate's file is made from, decision time in ms. */
  readonly trainedUntil: number;
}

/**
 * The figures of a candidate beside those of the model in production, all on the held-out rows: it is judged by the
 * first label.
 */
export async function evidenceOf(
  { scorers }: Pick<TrainingTools, "scorers">,
  compiled: CompiledBlueprint,
  labels: readonly JudgedLabel[],
  { rows, share, production, trainedUntil }: Judging,
): Promise<Omit<Evidence, "inProduction">> {
  const [unit] = unitsOf(labels, ({ label }) => label.classOf) as readonly [readonly JudgedLabel[]];
  const [{ label, train, holdout }] = unit as readonly [JudgedLabel];
  const { weights } = holdout;
  const metricsOf = (predictions: readonly Float32Array[]): Evidence["candidate"] =>
    rows.length === 0
      ? {}
      : unitMetrics(
          unit.map((one, at) => ({
            ...{ label: one.label, labels: one.holdout.labels },
            ...{ predictions: predictions[at]!, weights },
          })),
        );
  const constant = (): readonly Float32Array[] => {
    const each = unit.map((one) => one.train.labels);
    return bestConstants(label.objective, each, train.weights).map((one) => new Float32Array(rows.length).fill(one));
  };
  const { metric, ...rule } = compiled.blueprint.training;
  const base = {
    metric,
    rule,
    holdoutRows: rows.length,
    holdoutShare: share,
    holdoutWeight: weights?.reduce((sum, weight) => sum + weight, 0),
    candidate: labelMetrics(
      labels.map((one) => ({ ...one, labels: one.holdout.labels, weights: one.holdout.weights })),
    ),
    constant: () => metricsOf(constant()),
    slices: [],
    calibration: calibrationOf(unit),
  };
  if (production === undefined) return { ...base, rival: undefined };
  const { modelId, provenance } = production;
  const newerByMs = trainedUntil - provenance.trainedUntil;
  const rival = (known: Pick<Rival, "metrics" | "gain">): Rival => ({
    ...{ modelId, ...known, trainedUntil: provenance.trainedUntil, newerByMs },
  });
  if (rows.length === 0) return { ...base, rival: rival({ metrics: {}, gain: undefined }) };
  const scorer = await scorers.get(production);
  const names = unit.map((one) => one.label.name);
  const predictions = await predictLabels(scorer, compiled, rows, names);
  const compared = unit.map((one, at) => ({
    ...{ label: one.label, labels: one.holdout.labels, weights },
    ...{ ours: one.predictions, theirs: predictions[at]! },
  }));
  const { theirs, gain } = comparison(metric, compared, rows);
  const slices = slicesOf(metric, rule.slices, compared, rows);
  return { ...base, slices, rival: rival({ metrics: theirs, gain }) };
}

function calibrationOf(unit: readonly JudgedLabel[]): Evidence["calibration"] {
  const [{ label, holdout, predictions }] = unit as readonly [JudgedLabel];
  const isMean = unit.length === 1 && (label.objective === "binary" || label.objective === "regression");
  if (!isMean || label.classOf !== undefined || predictions.length === 0) return undefined;
  const { labels, weights } = holdout;
  return { excess: calibrationExcess(predictions, labels, weights), mean: weightedMean(labels, weights) || 0 };
}
