import type { TrainingMatrix } from "../../rows/index.ts";
import { loadScorer, type Scorer } from "../../serving/index.ts";
import { classNumbers } from "../classes.ts";
import { learnerNamed } from "../learners/index.ts";
import { populationStability } from "../../statistics/index.ts";
import { columnDrift, thinned } from "../report/drift.ts";
import { meanContributions } from "../report/mean-contributions.ts";
import { shuffleColumns } from "../report/shuffle-columns.ts";
import { checkFit } from "./check-fit.ts";
import type { Fit, FitRequest, FittedModel } from "./fit.ts";
import { DomainError } from "../../schemas/index.ts";

/**
 * On the calling thread. Loads the learner's file and asks it as serving will: a model is judged by that.
 *
 * Rejects with a RangeError that names the argument to change, with the learner's error, or because its file can't be
 * served.
 */
export const fitModel: Fit = async (request, onProgress) => {
  const { train, label, model, metadata, kept, decided } = request;
  const learner = learnerNamed(model.learner);
  checkFit(request, learner);
  const started = performance.now();
  const { features, rows, columns, weights } = train;
  const inputs = request.inputs ?? Array.from({ length: columns }, (_, at) => ({ name: `column ${at}` }));
  const others = (request.further ?? []).map((one) => ({ ...one.label, values: one.values }));
  const labels = [{ ...label, values: train.labels }, ...others];
  const input = { features, rows, columns, inputs, weights, labels, model, metadata, kept, decided, onProgress };
  const learnt = await learner.fit(input);
  const { onnx, importance } = learnt;
  const judged = await predictHoldout(onnx, request).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DomainError(
      "TRAINING_FAILED",
      `learner ${model.learner} made a file that can't be served: ${reason}`,
      cause,
    );
  });
  const { search, settled, summed } = learnt;
  const moves =
    request.contributions === true && summed ? meanContributions(summed, request.holdout, train) : undefined;
  return {
    onnx,
    ...judged,
    ...(moves && { contributions: moves }),
    importance,
    ...(search && { search, settled }),
    seconds: (performance.now() - started) / 1000,
  };
};

async function predictHoldout(
  onnx: Uint8Array,
  { train, holdout, inputs, label, further = [], metadata, explain }: FitRequest,
): Promise<Pick<FittedModel, "predictions" | "further" | "reliance" | "drift">> {
  const scorer = await loadScorer(onnx);
  try {
    if (scorer.columns !== train.columns) {
      throw new DomainError("BAD_MODEL", `it takes ${scorer.columns} columns, it was given ${train.columns}`);
    }
    const lost = Object.keys(metadata).find((key) => scorer.metadata[key] !== metadata[key]);
    if (lost !== undefined)
      throw new DomainError("BAD_MODEL", `it does not carry the metadata "${lost}" that it was given`);
    const output = outputOf(scorer, label.name);
    /** Classes are predicted for the same rows. */
    const scored = new Map<Float32Array, readonly Float32Array[]>();
    const predict = async (name: string, { features, rows }: TrainingMatrix): Promise<Float32Array> => {
      const all = scored.get(features) ?? (await scorer.score(features, rows));
      scored.set(features, all);
      return finite(all[outputOf(scorer, name)]!);
    };
    const predictions = await predict(label.name, holdout);
    const others: Float32Array[] = [];
    for (const one of further) others.push(await predict(one.label.name, one.holdout));
    const judged = { predictions, further: others };
    if (explain !== true) return judged;
    const [former, newer] = [thinned(train), thinned(holdout)];
    const both = [await predict(label.name, former), await predict(label.name, newer)] as const;
    const drift = { columns: columnDrift(former, newer, inputs), predictions: populationStability(...both) };
    const found = { ...judged, drift };
    const unit = [{ label, holdout }, ...further].filter(
      (one, at) => at === 0 || (label.classOf !== undefined && one.label.classOf === label.classOf),
    );
    if (unit.length === 1)
      return { ...found, reliance: await shuffleColumns(scorer, [output], holdout, label.objective) };
    const labels = classNumbers(unit.map((one) => one.holdout.labels));
    const outputs = unit.map((one) => outputOf(scorer, one.label.name));
    return { ...found, reliance: await shuffleColumns(scorer, outputs, { ...holdout, labels }, "multiclass") };
  } finally {
    await scorer.release();
  }
}

/** Throws for a prediction that is no number. */
function finite(predictions: Float32Array): Float32Array {
  const row = predictions.findIndex((prediction) => !Number.isFinite(prediction));
  if (row >= 0) throw new DomainError("BAD_MODEL", `it predicts ${predictions[row]} for held-out row ${row}`);
  return predictions;
}

/** A file of one label may call its output `prediction`. */
function outputOf({ outputs }: Scorer, label: string): number {
  if (outputs.length === 1 && outputs[0] === "prediction") return 0;
  const output = outputs.indexOf(label);
  if (output < 0) throw new DomainError("BAD_MODEL", `it has no output "${label}"; it has ${outputs.join(", ")}`);
  return output;
}
