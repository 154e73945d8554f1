import { headName, headsOf, type CompiledBlueprint, type ModelConfig } from "../../blueprints/index.ts";
import { rowId, type TrainingMatrix } from "../../rows/index.ts";
import { DomainError, type TrainingRow } from "../../schemas/index.ts";
import type { LearntLabel } from "../learnt-labels.ts";
import { learnsTogether } from "../learners/index.ts";
import { joinModels, type LabelModel } from "../onnx/index.ts";
import { unitsOf } from "../classes.ts";
import type { KeptSearches, SearchLedger } from "../search/ledger.ts";
import type { SplitLabel, SplitRows } from "../split-rows.ts";
import { bootstrapWeights } from "./bootstrap-weights.ts";
import { EncodedRows } from "./encoded-rows.ts";
import { fileMetadata } from "./file-metadata.ts";
import type { Fit } from "./fit.ts";
import { fitTogether, type FittedTogether } from "./fit-together.ts";
import type { FittedLabel } from "./fitted-label.ts";

export interface FitRowsRequest {
  readonly compiled: CompiledBlueprint;
  /** Rows that are held out are predicted, never learnt from; there may be none. */
  readonly split: SplitRows;
  /** Event time of the training, ms. */
  readonly until: number;
  /** Absent: the blueprint's. */
  readonly seed?: number | undefined;
  /** Of a learner that searches: trials of each label, whatever the blueprint says. */
  readonly trials?: readonly number[] | undefined;
  /** Of a learner that searches: where it keeps what it has tried; absent: nowhere. */
  readonly kept?: KeptSearches | undefined;
  /** Of a learner that searches: what it chose before, a ledger for each label or for all classes of one; absent: it searches. */
  readonly decided?: readonly (SearchLedger | undefined)[] | undefined;
  /** All rows of the split, encoded; absent: they are encoded for this fit. */
  readonly encoded?: EncodedRows | undefined;
  /** Absent: all heads of the blueprint. */
  readonly heads?: number | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface FittedRows {
  readonly onnx: Uint8Array;
  /** Wall-clock time of the fits. */
  readonly seconds: number;
  /** In the blueprint's order. */
  readonly labels: readonly FittedLabel[];
}

/**
 * Trains a model of all labels from rows: one fit for each label, from the rows that have it, and
 * one for each of its heads, from a sample of them with replacement. A learner that learns all labels
 * at once has one fit, and one a head. The bytes of the file depend on the training rows, the
 * blueprint, `until` and the seed alone.
 */
export async function fitRows(fit: Fit, request: FitRowsRequest): Promise<FittedRows> {
  const { compiled, split, until } = request;
  const { layout } = compiled;
  const section = { ...compiled.blueprint.model, seed: request.seed ?? compiled.blueprint.model.seed };
  const encoded = request.encoded ?? new EncodedRows(compiled, rowsOf(split));
  const categories = encoded.categoriesOf(split.train);
  const inputs = layout.map(({ name, kind }) => ({
    name,
    categories: kind === "category" ? categories[name]!.length : undefined,
  }));
  const metadata = fileMetadata(compiled, categories, until, section.seed);
  const { labels } = split;
  const fitted: FittedLabel[] = [];
  const files: LabelModel[] = [];
  let seconds = 0;
  const heads = request.heads ?? headsOf(compiled.blueprint);
  const units = unitsOf(labels, ({ label }) => label.classOf);
  const fits = units.length * (1 + heads);
  const matrixFor = (some: readonly TrainingRow[], { column }: LearntLabel): TrainingMatrix =>
    encoded.matrixOf(some, column, categories);
  const { kept } = request;
  /** @param label absent: all labels share the fit @param at of the label, or of the first of its classes */
  const together = (
    own: SplitRows,
    model: ModelConfig,
    { label, at, onProgress }: { label?: LearntLabel; at: number; onProgress: FitRowsRequest["onProgress"] },
  ): Promise<FittedTogether> => {
    const given = { inputs, model, metadata, kept, decided: request.decided?.[at] };
    const explain = at === 0 && own.labels[0]!.holdout.length > 0;
    const asked = { split: own, matrixOf: matrixFor, given, heads, seed: model.seed, explain, onProgress };
    return fitTogether(fit, asked).catch((error: unknown) => {
      throw new DomainError("TRAINING_FAILED", failureText(compiled, label, own.train.length, error), error);
    });
  };
  if (learnsTogether(compiled.blueprint)) {
    const { onProgress } = request;
    const found = await together(split, section, { at: 0, onProgress });
    return { onnx: oneFile(found.files, metadata), seconds: found.seconds, labels: found.labels };
  }
  for (const [at, unit] of units.entries()) {
    const [{ label, ...rows }] = unit as readonly [SplitLabel];
    const model = modelOf(section, request.trials?.[at]);
    if (unit.length > 1) {
      const onProgress = (done: number, total: number): void =>
        request.onProgress?.(at * total + done, units.length * total);
      const own = { train: rows.train, labels: unit };
      const found = await together(own, model, { label, at, onProgress });
      fitted.push(...found.labels);
      files.push(...found.files);
      seconds += found.seconds;
      continue;
    }
    const [train, holdout] = [matrixFor(rows.train, label), matrixFor(rows.holdout, label)];
    const progressOf =
      (head: number) =>
      (done: number, total: number): void =>
        request.onProgress?.((at * (1 + heads) + head) * total + done, fits * total);
    try {
      const given = {
        train,
        holdout,
        inputs,
        label,
        model,
        metadata,
        kept,
        decided: request.decided?.[at],
      };
      const judges = holdout.rows > 0;
      // The rest of the report is of the first label.
      const made = await fit({ ...given, explain: at === 0 && judges, contributions: judges }, progressOf(0));
      fitted.push({
        label,
        train,
        holdout,
        predictions: made.predictions,
        search: made.search,
        reliance: made.reliance,
        contributions: made.contributions?.[0],
        drift: made.drift,
      });
      files.push({ label: label.name, onnx: made.onnx });
      seconds += made.seconds;
      const ids = heads === 0 ? [] : rows.train.map(rowId);
      for (let head = 1; head <= heads; head++) {
        const weights = bootstrapWeights(ids, head, section.seed, train.weights);
        const own = { ...given, model: made.settled ?? given.model, train: { ...train, weights } };
        const fittedHead = await fit(own, progressOf(head));
        seconds += fittedHead.seconds;
        files.push({ label: headName(label.name, head), onnx: fittedHead.onnx });
      }
    } catch (error) {
      throw new DomainError("TRAINING_FAILED", failureText(compiled, label, train.rows, error), error);
    }
  }
  return { onnx: oneFile(files, metadata), seconds, labels: fitted };
}

/** Each once. */
function rowsOf({ train, labels }: SplitRows): readonly TrainingRow[] {
  const others = new Set(labels.flatMap((label) => label.holdout));
  if (others.size === 0) return train;
  for (const row of train) others.delete(row);
  return [...train, ...others];
}

/** Of one alone, the learner's own file. */
const oneFile = (files: readonly LabelModel[], metadata: Readonly<Record<string, string>>): Uint8Array =>
  files.length === 1 ? files[0]!.onnx : joinModels(files, metadata);

/** With as many trials as a former search had time for. */
const modelOf = (model: ModelConfig, trials: number | undefined): ModelConfig =>
  trials === undefined || model.learner !== "auto" ? model : { ...model, trials, cpuSeconds: 0 };

const MOST_NAMED = 20;

function failureText(
  { blueprint, layout }: CompiledBlueprint,
  learnt: LearntLabel | undefined,
  rows: number,
  error: unknown,
): string {
  const more = layout.length - MOST_NAMED;
  const names = layout.slice(0, MOST_NAMED).map(({ name }) => name);
  const features = names.join(", ") + (more > 0 ? ` and ${more} more` : "");
  const reason = error instanceof Error ? error.message : String(error);
  const label = learnt === undefined || blueprint.labels.length === 1 ? "" : ` for label ${learnt.name}`;
  return `${blueprint.useCase} ${blueprint.version} could not be trained${label} on ${rows} rows of ${features}: ${reason}`;
}
