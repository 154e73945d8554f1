import { publishTrained, validBlueprints, type ValidBlueprints, modelsAt } from "../catalogue/index.ts";
import type { CompiledBlueprint } from "../blueprints/index.ts";
import type { BlueprintPublished, ModelRecorded, TrainingRow } from "../schemas/index.ts";
import { sha256, writeArtifact, type ScorerCache } from "../serving/index.ts";
import type { Backbone, GlobalView, Publisher, Serdes } from "../streams/index.ts";
import { fitRows, type FittedLabel, type FittedRows } from "./fit-rows.ts";
import { judgeOf } from "./gate.ts";
import type { Learner } from "./learner.ts";
import { labelMetrics, learntLabels, rowsWith, type LearntLabel } from "./learnt-labels.ts";
import { provenanceHeaders } from "./models/provenance.ts";
import { predictRows } from "./predict-rows.ts";
import { rebuildModel, type Rebuilt } from "./rebuild.ts";
import {
  withoutExtremes,
  type TreatedValues,
  type LeftOut,
  readRows,
  rowsTopic,
  splitNewest,
  type TrainingMatrix,
} from "../rows/index.ts";
import { cronDue, freshRowsDue } from "./triggers.ts";

/** The blueprints and models topics as they are now. */
export interface TrainerTables {
  readonly blueprints: GlobalView<BlueprintPublished>;
  readonly models: GlobalView<ModelRecorded>;
}

export interface TrainerOptions {
  readonly backbone: Backbone;
  readonly serdes: Serdes;
  readonly publisher: Publisher;
  readonly scorers: ScorerCache;
  readonly learner: Learner;
  /** Asked once a call: the running application's own tables, or the topics read anew. */
  readonly tables: () => Promise<TrainerTables>;
  /** Of loopstream, for the provenance. */
  readonly codeVersion: string;
}

export interface TrainRequest {
  readonly useCase: string;
  /** Event time of the training, ms: rows complete after it are left out, and the model is valid after it, unless `publishedAt` says otherwise. */
  readonly until: number;
  /**
   * Asked right before the model is published, ms: where decisions go on while it is trained, it is valid after this time, and not for
   * decisions that were made without it.
   */
  readonly publishedAt?: (() => number) | undefined;
  /** Absent: the version that is live at `until`. */
  readonly blueprintVersion?: string | undefined;
  /** Where the rows are; absent: the use case's own topic. */
  readonly rowsTopic?: string | undefined;
  /** Absent: the blueprint's share. 0: nothing is held out, and the model is not promoted. */
  readonly holdout?: number | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** What was there and was not learnt, or not as it is. */
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
    } & NotLearnt);

/** Rows to models: reads, learns, evaluates, and publishes what is better than what is there. One training at a time. */
export class Trainer {
  readonly #options: TrainerOptions;
  /** By use case, where rows were lacking: with fewer than these offsets there can't be enough, and nothing is read to see that again. */
  readonly #lacking = new Map<string, { readonly version: string; readonly end: number }>();

  constructor(options: TrainerOptions) {
    this.#options = options;
  }

  /**
   * Whether a training of a use case is due at event time `now`, by its schedule or by fresh rows, and why.
   * The first one is due when there are `minRows` rows.
   */
  async due(useCase: string, now: number): Promise<string | undefined> {
    const tables = await this.#options.tables();
    const compiled = validBlueprints(tables.blueprints).at(useCase, now);
    if (compiled === undefined) return undefined;
    const { version, training } = compiled.blueprint;
    const { rows, end } = await this.#countRows(compiled);
    if (rows < training.minRows) return undefined;
    const lacking = this.#lacking.get(useCase);
    if (lacking?.version === version && end < lacking.end) return undefined;
    const last = newestTraining(tables.models, useCase, version);
    if (last === undefined) return `first ${rows} rows`;
    const { until, ranges } = last.provenance;
    if (until >= now) return undefined;
    const rowsThen = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
    if (training.freshRows !== null && freshRowsDue(training.freshRows, rowsThen, rows)) {
      return `${rows - rowsThen} fresh rows on ${rowsThen}`;
    }
    if (training.schedule !== null && rows > rowsThen && cronDue(training.schedule, until, now)) {
      return `schedule ${training.schedule}`;
    }
    return undefined;
  }

  /** `end`: the ends of the partitions, added up. */
  async #countRows(compiled: CompiledBlueprint): Promise<{ readonly rows: number; readonly end: number }> {
    const { backbone } = this.#options;
    const { name } = rowsTopic(compiled);
    const known = (await backbone.partitions(name)) === undefined ? [] : await backbone.offsets([name]);
    const end = known.reduce((sum, at) => sum + at.end, 0);
    return { rows: known.reduce((sum, at) => sum - at.start, end), end };
  }

  /** Trains now, whether or not it is due. Rejects when the use case or version is unknown. */
  async train(request: TrainRequest): Promise<TrainResult> {
    const { backbone, serdes, learner } = this.#options;
    const { useCase, until } = request;
    const tables = await this.#options.tables();
    const blueprints = validBlueprints(tables.blueprints);
    const compiled =
      request.blueprintVersion === undefined
        ? blueprints.at(useCase, until)
        : blueprints.version(useCase, request.blueprintVersion);
    if (compiled === undefined) throw new Error(missingBlueprint(request, blueprints));
    const topic = rowsTopic(compiled, request.rowsTopic);
    const { blueprint } = compiled;
    const read = await readRows(backbone, serdes, compiled, blueprints, until, { topic });
    const { ranges, versions, leftOut } = read;
    const labels = learntLabels(compiled);
    const { rows, treated } = withoutExtremes(read.rows, compiled.layout, labels);
    const notLearnt = { leftOut, treated };
    const share = request.holdout ?? blueprint.training.holdout;
    const needed = Math.max(blueprint.training.minRows, share === 0 ? 1 : 2);
    const { train, holdout } = splitNewest(rows, share);
    const fewest = fewestRows(labels, rows, train);
    if (fewest.rows < needed) {
      if (request.rowsTopic === undefined) {
        const end = ranges.reduce((sum, { to }) => sum + to, 0) - read.later + needed - fewest.rows;
        this.#lacking.set(useCase, { version: blueprint.version, end });
      }
      return { kind: "tooFewRows", needed, ...fewest, ...notLearnt };
    }
    const newest = rows.at(-1)!["decisionTime"] as number;
    const fitted = await fitRows(learner, { compiled, train, holdout, until, onProgress: request.onProgress });
    const modelId = sha256(fitted.onnx).slice(0, 16);
    const known = tables.models.get(`${useCase}/${modelId}`);
    if (known !== undefined) return this.#result(known, fitted, newest, notLearnt);
    const production = modelsAt(tables.models, useCase, blueprint.version, until).production;
    const metrics = labelMetrics(fitted.labels.map((one) => ({ ...one, labels: one.holdout.labels })));
    const [judged] = fitted.labels as readonly [FittedLabel];
    const metricsOf = (predictions: Float32Array): Readonly<Record<string, number>> =>
      labelMetrics([{ label: judged.label, labels: judged.holdout.labels, predictions }]);
    const holdoutRows = judged.holdout.rows;
    const { metric } = blueprint.training;
    const judge = judgeOf({
      metric,
      candidate: metrics,
      constant: () => metricsOf(meanOf(judged.train, holdoutRows)),
      production:
        holdoutRows === 0 || production === undefined
          ? undefined
          : {
              modelId: production.modelId,
              metrics: metricsOf(
                await predictRows(
                  await this.#options.scorers.get(production),
                  compiled,
                  rowsWith(judged.label, holdout),
                ),
              ),
            },
      holdoutRows,
    });
    const provenance = {
      rowsTopic: topic.name,
      ranges,
      until,
      rows: train.length,
      holdout: holdout.length,
      seed: blueprint.model.seed,
      trainedUntil: train.at(-1)!["decisionTime"] as number,
      codeVersion: this.#options.codeVersion,
      versions,
      ...notLearnt,
    };
    const source = { useCase, blueprintVersion: blueprint.version, provenance };
    const headers = provenanceHeaders(source);
    const artifact = await writeArtifact(backbone, this.#options.publisher, fitted.onnx, until, headers);
    const time = request.publishedAt?.() ?? until;
    const model = await publishTrained(this.#options, { ...source, modelId, artifact, metrics }, judge, time);
    return this.#result(model, fitted, newest, notLearnt);
  }

  #result(model: ModelRecorded, { onnx, seconds }: FittedRows, newest: number, notLearnt: NotLearnt): TrainResult {
    const promoted = model.states.some(({ state }) => state === "production");
    return { kind: "trained", model, promoted, seconds, onnx, newest, ...notLearnt };
  }

  /** Trains a model again from its provenance and publishes nothing: see `rebuildModel`. */
  async rebuild(model: ModelRecorded, onProgress?: (done: number, total: number) => void): Promise<Rebuilt> {
    const { blueprints } = await this.#options.tables();
    return rebuildModel(this.#options, validBlueprints(blueprints), model, onProgress);
  }

  /** Use cases that have a blueprint. */
  async useCases(): Promise<readonly string[]> {
    return validBlueprints((await this.#options.tables()).blueprints).useCases();
  }
}

/** Of the label that the fewest rows have: none where no row that is trained on has it. */
function fewestRows(
  labels: readonly LearntLabel[],
  rows: readonly TrainingRow[],
  train: readonly TrainingRow[],
): { readonly rows: number; readonly label?: string } {
  if (labels.length === 1) return { rows: rows.length };
  const counts = labels.map((label) => {
    const count = rowsWith(label, rows).length;
    return { rows: rowsWith(label, train).length === 0 ? 0 : count, label: label.name };
  });
  return counts.reduce((fewest, count) => (count.rows < fewest.rows ? count : fewest));
}

function meanOf({ labels }: TrainingMatrix, length: number): Float32Array {
  return new Float32Array(length).fill(labels.reduce((sum, label) => sum + label, 0) / labels.length);
}

function newestTraining(
  models: GlobalView<ModelRecorded>,
  useCase: string,
  version: string,
): ModelRecorded | undefined {
  let newest: ModelRecorded | undefined;
  for (const model of models.values()) {
    if (model.useCase !== useCase || model.blueprintVersion !== version) continue;
    if (newest === undefined || model.provenance.until > newest.provenance.until) newest = model;
  }
  return newest;
}

function missingBlueprint({ useCase, blueprintVersion, until }: TrainRequest, known: ValidBlueprints): string {
  const useCases = known.useCases();
  if (!useCases.includes(useCase)) return `unknown use case "${useCase}": known are ${useCases.join(", ") || "none"}`;
  const problem =
    blueprintVersion === undefined ? known.problemAt(useCase, until) : known.problem(useCase, blueprintVersion);
  if (problem !== undefined) return problem;
  return blueprintVersion === undefined
    ? `use case "${useCase}" has no live blueprint at ${new Date(until).toISOString()}`
    : `use case "${useCase}" has no blueprint version ${blueprintVersion}`;
}
