import type { CompiledBlueprint } from "../blueprints/index.ts";
import { askedVersion, modelsAt, publishTrained, validBlueprints } from "../catalogue/index.ts";
import { readRows, rowsTopic, withoutExtremes, type LeftOut, type TreatedValues } from "../rows/index.ts";
import type { ModelRecorded, TrainingRow } from "../schemas/index.ts";
import { sha256, writeArtifact } from "../serving/index.ts";
import { weightedMean, weightSpread, type WeightSpread } from "../statistics/index.ts";
import { fitRows, type FittedLabel, type FittedRows } from "./fit/fit-rows.ts";
import { gate, type Evidence, type Verdict } from "./gates/index.ts";
import { labelMetrics, learntLabels } from "./learnt-labels.ts";
import { provenanceHeaders } from "./models/provenance.ts";
import { predictRows } from "./predict-rows.ts";
import { splitRows, type SplitLabel, type SplitRows } from "./split-rows.ts";
import type { TrainingTools } from "./training-tools.ts";

export interface TrainRequest {
  readonly useCase: string;
  /** Event time of the training, ms: rows complete after it are left out, and the model is valid after it, unless `publishedAt` says otherwise. */
  readonly until: number;
  /**
   * Asked right before the model is published, ms. Use it if decisions go on during the training: the model is then
   * valid after this time, and not for decisions that were made without it.
   */
  readonly publishedAt?: (() => number) | undefined;
  /** Absent: the version that is live at `until`. */
  readonly blueprintVersion?: string | undefined;
  /** The topic with the rows; absent: the use case's own. */
  readonly rowsTopic?: string | undefined;
  /** Absent: the blueprint's share. 0: nothing is held out, and the model is not promoted. */
  readonly holdout?: number | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Columns and values that were there, and were left out or changed for the training. */
export interface NotLearnt {
  readonly leftOut: readonly LeftOut[];
  readonly treated: readonly TreatedValues[];
}

export type TrainResult =
  | ({
      readonly kind: "tooFewRows";
      readonly rows: number;
      readonly needed: number;
      /** Of several labels the one that so few rows have. */
      readonly label?: string | undefined;
    } & NotLearnt)
  | ({
      readonly kind: "trained";
      readonly model: ModelRecorded;
      readonly promoted: boolean;
      readonly seconds: number;
      readonly onnx: Uint8Array;
      /** Decision time of the newest row used, trained on or held out; ms. */
      readonly newest: number;
      /** Of the rows that were trained on for the first label; absent: all rows count the same. */
      readonly weights?: WeightSpread | undefined;
    } & NotLearnt);

/**
 * Trains now, whether or not it is due: reads, learns, evaluates, and publishes a model. The gate decides whether
 * it goes into production. One training of a use case at a time. Rejects when the use case or version is
 * unknown.
 */
export async function trainModel(tools: TrainingTools, request: TrainRequest): Promise<TrainResult> {
  const { backbone, serdes } = tools;
  const { useCase, until } = request;
  const tables = await tools.tables();
  const blueprints = validBlueprints(tables.blueprints);
  const compiled = askedVersion(blueprints, useCase, request.blueprintVersion, until);
  const { blueprint } = compiled;
  const topic = rowsTopic(compiled, request.rowsTopic);
  const read = await readRows(backbone, serdes, compiled, blueprints, until, { topic });
  const { ranges, versions, leftOut } = read;
  const labels = learntLabels(compiled);
  const { rows, treated } = withoutExtremes(read.rows, compiled.layout, labels, compiled.weight);
  const notLearnt = { leftOut, treated };
  const share = request.holdout ?? blueprint.training.holdout;
  const needed = Math.max(blueprint.training.minRows, share === 0 ? 1 : 2);
  const split = splitRows(compiled, rows, share);
  const { train } = split;
  const fewest = fewestRows(split, rows);
  if (fewest.rows < needed) {
    if (request.rowsTopic === undefined) {
      const end = ranges.reduce((sum, { to }) => sum + to, 0) - read.later + needed - fewest.rows;
      tools.lacking.set(useCase, { version: blueprint.version, end });
    }
    return { kind: "tooFewRows", needed, ...fewest, ...notLearnt };
  }
  const newest = rows.at(-1)!["decisionTime"] as number;
  const fitted = await fitRows(tools.fit, { compiled, split, until, onProgress: request.onProgress });
  const modelId = sha256(fitted.onnx).slice(0, 16);
  const known = tables.models.get(`${useCase}/${modelId}`);
  if (known !== undefined) return resultOf(known, fitted, newest, notLearnt);
  const production = modelsAt(tables.models, useCase, blueprint.version, until).production;
  const evidence = await evidenceOf(tools, compiled, fitted, split.labels[0]!, production);
  const provenance = {
    rowsTopic: topic.name,
    ranges,
    until,
    rows: train.length,
    holdout: rows.length - train.length,
    seed: blueprint.model.seed,
    trainedUntil: train.at(-1)!["decisionTime"] as number,
    codeVersion: tools.codeVersion,
    versions,
    trainedRows: compiled.waits.length === 1 ? [] : split.labels.map((label) => label.train.length),
    ...notLearnt,
  };
  const source = { useCase, blueprintVersion: blueprint.version, provenance };
  const artifact = await writeArtifact(backbone, tools.publisher, fitted.onnx, until, provenanceHeaders(source));
  const judge = (inProduction: string | undefined): Verdict => gate({ ...evidence, inProduction });
  const time = request.publishedAt?.() ?? until;
  const made = { ...source, modelId, artifact, metrics: evidence.candidate };
  return resultOf(await publishTrained(tools, made, judge, time), fitted, newest, notLearnt);
}

/** The figures of a candidate beside those of the model in production, all on the held-out rows: it is judged by the first label. */
async function evidenceOf(
  { scorers }: TrainingTools,
  compiled: CompiledBlueprint,
  { labels }: FittedRows,
  first: SplitLabel,
  production: ModelRecorded | undefined,
): Promise<Omit<Evidence, "inProduction">> {
  const [{ label, train, holdout }] = labels as readonly [FittedLabel];
  const { weights } = holdout;
  const metricsOf = (predictions: Float32Array): Evidence["candidate"] =>
    labelMetrics([{ label, labels: holdout.labels, predictions, weights }]);
  const mean = (): number => weightedMean(train.labels, train.weights);
  const base = {
    metric: compiled.blueprint.training.metric,
    holdoutRows: holdout.rows,
    holdoutWeight: weights?.reduce((sum, weight) => sum + weight, 0),
    candidate: labelMetrics(
      labels.map((one) => ({ ...one, labels: one.holdout.labels, weights: one.holdout.weights })),
    ),
    constant: () => metricsOf(new Float32Array(holdout.rows).fill(mean())),
  };
  if (holdout.rows === 0 || production === undefined) return { ...base, rival: undefined };
  const predictions = await predictRows(await scorers.get(production), compiled, first.holdout);
  return { ...base, rival: { modelId: production.modelId, metrics: metricsOf(predictions) } };
}

function resultOf(
  model: ModelRecorded,
  { onnx, seconds, labels }: FittedRows,
  newest: number,
  notLearnt: NotLearnt,
): TrainResult {
  const promoted = model.states.some(({ state }) => state === "production");
  const weights = labels[0]?.train.weights;
  const spread = weights && { weights: weightSpread(weights) };
  return { kind: "trained", model, promoted, seconds, onnx, newest, ...spread, ...notLearnt };
}

/** The count of the label that the fewest rows have. Zero if no row of the training has it. */
function fewestRows(
  { labels }: SplitRows,
  rows: readonly TrainingRow[],
): { readonly rows: number; readonly label?: string } {
  if (labels.length === 1) return { rows: rows.length };
  const counts = labels.map(({ label, train, holdout }) => ({
    rows: train.length === 0 ? 0 : train.length + holdout.length,
    label: label.name,
  }));
  return counts.reduce((fewest, count) => (count.rows < fewest.rows ? count : fewest));
}
