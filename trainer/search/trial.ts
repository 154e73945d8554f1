import type { ModelConfig } from "../../blueprints/index.ts";
import { loadScorer } from "../../serving/index.ts";
import type { FitInput, LearntModel } from "../learners/learner.ts";
import { learnerNamed } from "../learners/registry.ts";
import { rowMajor } from "../classes.ts";
import type { Candidate } from "./candidates.ts";
import { everyNth, without, type FitRows } from "./folds.ts";
import { joined, judgedLoss, type Judges } from "./judges.ts";

/** A candidate after its fits. */
export interface Tried {
  readonly candidate: Candidate;
  /** Mean loss of all rows that judge. */
  readonly loss: number;
  /** Predictions of those rows, fold after fold. */
  readonly predictions: Float32Array;
  /** The steps after which they were best, on average over the folds; absent: the learner has no steps. */
  readonly steps?: number | undefined;
}

/** Fits a candidate on each fold. @param every so many rows are fitted on: 1 means all of them */
export async function tryOut(input: FitInput, judges: Judges, candidate: Candidate, every = 1): Promise<Tried> {
  const { columns } = input;
  const parts: Float32Array[] = [];
  const steps: number[] = [];
  for (const { train, judge } of judges.folds) {
    const some = every === 1 ? train : everyNth(train, columns, every);
    const fitted = await fitCandidate(input, candidate, some, judge);
    parts.push(await predict(fitted.onnx, without(judge, columns, candidate.dropped), judges.outputs));
    if (fitted.steps !== undefined) steps.push(fitted.steps);
  }
  const predictions = joined(parts);
  const mean = steps.reduce((sum, each) => sum + each, 0) / steps.length;
  const found = steps.length === 0 ? {} : { steps: Math.max(1, Math.round(mean)) };
  return { candidate, loss: judgedLoss(judges, predictions), predictions, ...found };
}

/** @param judge absent: it takes all its steps */
export async function fitCandidate(
  input: FitInput,
  { model, dropped }: Candidate,
  rows: FitRows,
  judge?: FitRows,
): Promise<LearntModel> {
  const { columns, labels, inputs, metadata } = input;
  const learner = learnerNamed(model.learner);
  const { features, weights, labels: values } = without(rows, columns, dropped);
  const validation =
    judge === undefined || learner.steps === undefined ? {} : { validation: without(judge, columns, dropped) };
  const own = labels.map((label, at) => ({ ...label, values: values[at]! }));
  return learner.fit({
    features,
    rows: rows.rows,
    columns,
    inputs,
    weights,
    labels: own,
    ...validation,
    model,
    metadata,
  });
}

/** With as many steps as were best. */
export function settled({ candidate, steps }: Pick<Tried, "candidate" | "steps">): Candidate {
  const { steps: name } = learnerNamed(candidate.model.learner);
  if (name === undefined || steps === undefined) return candidate;
  return { ...candidate, model: { ...candidate.model, [name]: steps } as ModelConfig };
}

async function predict(
  onnx: Uint8Array,
  { features, rows }: FitRows,
  outputs: readonly string[],
): Promise<Float32Array> {
  const scorer = await loadScorer(onnx);
  try {
    const found = await scorer.score(features, rows);
    return outputs.length === 1 ? found[0]! : rowMajor(outputs.map((name) => found[scorer.outputs.indexOf(name)]!));
  } finally {
    await scorer.release();
  }
}
