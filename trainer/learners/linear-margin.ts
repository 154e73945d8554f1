import { objectiveKind, type Objective } from "../../blueprints/index.ts";
import { DomainError } from "../../schemas/index.ts";
import { loadScorer } from "../../serving/index.ts";
import { momentsOf } from "../../statistics/index.ts";
import { lossOf } from "../loss.ts";
import { onnxFromLinearAndTrees, onnxOfMargin, type LinearModel } from "../onnx/index.ts";
import { totalGain, type TreeModel, type XgboostParams } from "../xgboost/index.ts";
import type { FitInput, FitLabel, LearntModel } from "./learner.ts";
import { fitLines, linear } from "./linear.ts";

/** A sum of lines that trees are added to. */
export interface FittedMargin {
  readonly model: LinearModel;
  /** Share of each column in it. */
  readonly importance: readonly number[];
  /** Of the rows that are learnt from, as the file adds them up. */
  readonly margins: Float32Array;
  /** Of the validation rows. */
  readonly judging: Float32Array | undefined;
}

/** Fits the lines to the rows that the trees learn from. */
export async function fitMargin(input: FitInput<"xgboost">, label: FitLabel): Promise<FittedMargin> {
  const { objectives } = linear.kind;
  if (!objectives.includes(objectiveKind(label.objective))) {
    throw new DomainError(
      "BAD_TRAINING_DATA",
      `model.margin linear can't start from lines of objective ${label.objective} (${label.name}): leave margin out, or use ${objectives.join(" or ")}`,
    );
  }
  const { marginBins: bins, marginL2: l2 } = input.model;
  const { model, importance } = fitLines(
    { ...input, onProgress: undefined },
    label,
    { l1: 0, l2, bins },
    "model.marginL2",
  );
  const scorer = await loadScorer(onnxOfMargin(model));
  try {
    const of = async (features: Float32Array, rows: number): Promise<Float32Array> =>
      (await scorer.score(features, rows))[0]!;
    const { validation } = input;
    const judging = validation && (await of(validation.features, validation.rows));
    return { model, importance, margins: await of(input.features, input.rows), judging };
  } finally {
    await scorer.release();
  }
}

/** The lines have the mean already: nothing is added before the first tree. */
export const startAt = (objective: Objective): XgboostParams => ({ base_score: objective === "binary" ? 0.5 : 0 });

/**
 * The file of both, and the share of each column: that in the lines and that in the trees, each by how much of the loss it took from the rows.
 */
export async function onMargin(
  { features, rows, weights, metadata }: FitInput,
  { objective, values }: FitLabel,
  { model, importance, margins }: FittedMargin,
  trees: TreeModel,
): Promise<Pick<LearntModel, "onnx" | "importance" | "summed">> {
  const onnx = onnxFromLinearAndTrees(model, trees, metadata);
  const lossOfRows = (predictions: Float32Array): number => lossOf(objective, predictions, values, weights);
  const scorer = await loadScorer(onnx);
  try {
    const [all] = (await scorer.score(features, rows)) as [Float32Array];
    const mean = lossOfRows(new Float32Array(rows).fill(momentsOf(values, weights).mean));
    const link = (margin: number): number => (objective === "binary" ? 1 / (1 + Math.exp(-margin)) : margin);
    const lines = lossOfRows(margins.map(link));
    const [byLines, byTrees] = [Math.max(0, mean - lines), Math.max(0, lines - lossOfRows(all))];
    const gains = totalGain(trees);
    const sum = importance.map((share, column) => share * byLines + gains[column]! * byTrees);
    const total = sum.reduce((one, other) => one + other, 0);
    return { onnx, importance: sum.map((share) => (total > 0 ? share / total : 0)), summed: { lines: model, trees } };
  } finally {
    await scorer.release();
  }
}
