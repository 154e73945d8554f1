import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { weightsOf } from "../../rows/index.ts";
import type { ModelRecorded, TrainingRow } from "../../schemas/index.ts";
import { loadScorer } from "../../serving/index.ts";
import type { FittedLabel } from "../fit/fitted-label.ts";
import { divideUnits } from "../kept-units.ts";
import { rowsWith } from "../learnt-labels.ts";
import { bestConstants } from "../loss.ts";
import { labelsOf, predictLabels } from "../predict-rows.ts";
import { firstInTime, seenBy } from "../split-rows.ts";
import type { TrainingTools } from "../training-tools.ts";
import { comparison, judgedUnit, type Comparison } from "./compare-models.ts";

/** The file that is to serve and another model, on rows of units that neither has learnt from. */
export interface KeptFigures extends Comparison {
  /** The other model; `undefined`: it is a constant. */
  readonly rival: string | undefined;
  readonly rows: number;
  readonly units: number;
  /** Decision time of the oldest row and of the newest one, ms. */
  readonly from: number;
  readonly until: number;
}

/** A label, with the rows whose mean or quantile is the constant. */
type LearntConstant = Pick<FittedLabel, "label" | "train">;

export interface KeptJudging {
  /** Rows of the units that the candidate keeps out, as `judgingKept` chooses them. */
  readonly rows: readonly TrainingRow[];
  readonly production: ModelRecorded | undefined;
  readonly onnx: Uint8Array;
  /** Decision time of the newest row that the file learnt the first label from, ms. */
  readonly learntUntil: number;
  /** Labels of the fit that was judged, in the blueprint's order: the constant is of the rows that it learnt from. */
  readonly labels: readonly LearntConstant[];
}

/**
 * Rows that may judge: of the first label, of units that neither model has learnt from, and as little behind the newest
 * one as rows that are held out. An imported model may have learnt from any unit.
 *
 * @param kept rows of the units that the candidate keeps out, by decision time
 */
export function judgingKept(
  compiled: CompiledBlueprint,
  kept: readonly TrainingRow[],
  production: ModelRecorded | undefined,
): readonly TrainingRow[] {
  const { useCase } = compiled.blueprint;
  const unknown = production === undefined ? kept : divideUnits(kept, useCase, production.provenance.evaluation).kept;
  const labelled = rowsWith(judgedUnit(compiled)[0], unknown);
  return labelled.length === 0 ? [] : labelled.slice(firstInTime(labelled));
}

/**
 * The figures on rows of times that both models have learnt from, of other units, or that neither has. Of a time that one
 * alone has learnt from it knows more than a model can know when it serves.
 *
 * @returns `undefined`: there is no such row
 */
export async function keptFigures(
  { scorers }: Pick<TrainingTools, "scorers">,
  compiled: CompiledBlueprint,
  { rows: all, production, onnx, learntUntil, labels }: KeptJudging,
): Promise<KeptFigures | undefined> {
  const rows = ofBoth(all, learntUntil, seenBy(production, compiled)[0]);
  if (rows.length === 0) return undefined;
  const unit = judgedUnit(compiled);
  const names = unit.map(({ name }) => name);
  const weights = compiled.weight && weightsOf(rows, compiled.weight);
  const scorer = await loadScorer(onnx);
  let ours: readonly Float32Array[];
  try {
    ours = await predictLabels(scorer, compiled, rows, names);
  } finally {
    await scorer.release();
  }
  const theirs =
    production === undefined
      ? constantsOf(labels.slice(0, unit.length)).map((one) => new Float32Array(rows.length).fill(one))
      : await predictLabels(await scorers.get(production), compiled, rows, names);
  const compared = unit.map((label, at) => ({
    ...{ label, labels: labelsOf(rows, label.column), weights },
    ...{ ours: ours[at]!, theirs: theirs[at]! },
  }));
  return {
    // Units were drawn, and not their rows.
    ...comparison(compiled.blueprint.training.metric, compared, rows, ({ unit: name }) => name as string),
    rival: production?.modelId,
    rows: rows.length,
    units: new Set(rows.map((row) => row["unit"])).size,
    from: timeOf(rows[0]!),
    until: timeOf(rows.at(-1)!),
  };
}

/** @param seen `undefined`: the other one has learnt from no time */
function ofBoth(rows: readonly TrainingRow[], ours: number, seen: number | undefined): readonly TrainingRow[] {
  if (seen === undefined) return rows;
  const [first, last] = [Math.min(ours, seen), Math.max(ours, seen)];
  return rows.filter((row) => timeOf(row) <= first || timeOf(row) > last);
}

function constantsOf(unit: readonly LearntConstant[]): readonly number[] {
  const [{ label, train }] = unit as readonly [LearntConstant];
  return bestConstants(
    label.objective,
    unit.map((one) => one.train.labels),
    train.weights,
  );
}

const timeOf = (row: TrainingRow): number => row["decisionTime"] as number;
