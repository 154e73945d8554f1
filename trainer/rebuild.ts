import { canonicalJson, learnsEpisodes } from "../blueprints/index.ts";
import { learntRows, validBlueprints, type ValidBlueprints } from "../catalogue/index.ts";
import { DomainError, type ModelRecorded } from "../schemas/index.ts";
import type { Backbone, OffsetRange } from "../streams/index.ts";
import { trainEpisodesAgain } from "./episodes/train-episodes.ts";
import { EncodedRows } from "./fit/encoded-rows.ts";
import { decidedBy } from "./fit/fit-judged.ts";
import { fitRows } from "./fit/fit-rows.ts";
import { divideUnits } from "./kept-units.ts";
import { learntLabels } from "./learnt-labels.ts";
import { sha256 } from "../serving/index.ts";
import { provenanceOf, readProvenance } from "./models/provenance.ts";
import { keepFeatures, withoutExtremes, readRows, rowsTopic as topicOfRows } from "../rows/index.ts";
import { splitAgain, splitRows } from "./split-rows.ts";
import type { TrainingTools } from "./training-tools.ts";

export interface Rebuilt {
  readonly modelId: string;
  readonly useCase: string;
  /** sha256 of the file as it was published. */
  readonly expected: string;
  /** sha256 of the file as it was made now; null if it could not be trained. */
  readonly actual: string | null;
  readonly equal: boolean;
  /** Whether the header of the published file agrees with the model's record. */
  readonly header: "equal" | "differs" | "absent";
  readonly rows: number;
  /** It was trained elsewhere, and nobody can train it again here. */
  readonly imported: boolean;
  /** Versions of loopstream, then and now. */
  readonly codeVersion: { readonly then: string; readonly now: string };
  /** The known reason for a difference or a failed training; null if the files are equal. */
  readonly problem: string | null;
  readonly onnx: Uint8Array | null;
}

type RebuildTools = Pick<TrainingTools, "backbone" | "serdes" | "fit" | "tables" | "codeVersion">;

/** Trains a model again from its provenance: exactly those offsets, complete by then. Publishes nothing. */
export async function rebuildModel(
  tools: RebuildTools,
  model: ModelRecorded,
  onProgress?: (done: number, total: number) => void,
): Promise<Rebuilt> {
  const { backbone, codeVersion } = tools;
  const found = await readProvenance(backbone, model.artifact);
  const base = {
    modelId: model.modelId,
    useCase: model.useCase,
    expected: model.artifact.sha256,
    header:
      found === undefined
        ? "absent"
        : canonicalJson(found) === canonicalJson(provenanceOf(model))
          ? "equal"
          : "differs",
    rows: learntRows(model.provenance),
    imported: model.provenance.imported !== null,
    codeVersion: { then: model.provenance.codeVersion, now: codeVersion },
  } as const;
  try {
    const blueprints = validBlueprints((await tools.tables()).blueprints);
    const onnx = await trainAgain(tools, blueprints, model, onProgress);
    const actual = sha256(onnx);
    const equal = actual === base.expected;
    return { ...base, actual, equal, problem: equal ? null : whyOf(base.codeVersion), onnx };
  } catch (error) {
    if (!(error instanceof NotRebuildable)) throw error;
    return { ...base, actual: null, equal: false, problem: error.message, onnx: null };
  }
}

/** The topics no longer hold the model's training rows, or never did. */
class NotRebuildable extends DomainError {
  override readonly name = "NotRebuildable";

  constructor(message: string) {
    super("NOT_REBUILDABLE", message);
  }
}

async function trainAgain(
  { backbone, serdes, fit }: RebuildTools,
  blueprints: ValidBlueprints,
  { modelId, useCase, blueprintVersion, provenance, report }: ModelRecorded,
  onProgress?: (done: number, total: number) => void,
): Promise<Uint8Array> {
  const { imported } = provenance;
  if (imported !== null) {
    throw new NotRebuildable(
      `it was imported, from ${imported.file ?? "a file without a name"} with sha256 ${imported.sha256}: it was trained elsewhere and can't be ` +
        "trained again here; its stored file is the model",
    );
  }
  const compiled = blueprints.version(useCase, blueprintVersion);
  if (compiled === undefined) {
    throw new NotRebuildable(`use case "${useCase}" has no blueprint version ${blueprintVersion} any more`);
  }
  const { rowsTopic, ranges, until, versions, seed } = provenance;
  await checkThere(backbone, rowsTopic, ranges, modelId);
  const topic = topicOfRows(compiled, rowsTopic);
  const again = { ranges, versions };
  if (learnsEpisodes(compiled.blueprint)) {
    const from = { until, seed, topic: rowsTopic, again };
    const made = await trainEpisodesAgain({ backbone, serdes }, compiled, blueprints, from);
    if (made.steps === provenance.rows + provenance.holdout) return made.onnx;
    throw new NotRebuildable(
      `${rowsTopic} holds ${made.steps} steps in the recorded offsets, model ${modelId} was made from ` +
        `${provenance.rows + provenance.holdout}: it is not the topic as it was then`,
    );
  }
  const isSampled = provenance.treated.some(({ treatment }) => treatment === "sampled");
  const most = isSampled ? compiled.blueprint.training.maxRows : undefined;
  const read = await readRows(backbone, serdes, compiled, blueprints, until, { topic, again, most, packed: true });
  const usable = withoutExtremes(read.rows, compiled.layout, learntLabels(compiled), compiled.weight);
  const { learnt: rows, kept } = divideUnits(usable.rows, useCase, provenance.evaluation);
  if (rows.length !== provenance.rows + provenance.holdout || kept.length !== provenance.kept) {
    const keptText = (count: number): string =>
      provenance.kept + kept.length === 0 ? "" : ` and ${count} of kept units`;
    throw new NotRebuildable(
      `${rowsTopic} holds ${rows.length} rows${keptText(kept.length)} in the recorded offsets, model ${modelId} was made from ` +
        `${provenance.rows} and ${provenance.holdout} held out${keptText(provenance.kept)}: it is not the topic as it was then`,
    );
  }
  const { refitted, trainedRows: trained } = provenance;
  const split = splitAgain(compiled, rows, { all: provenance.rows, trained });
  const searches = report?.searches ?? [];
  const trials = searches.length === 0 ? undefined : searches.map((search) => search.trials.length);
  const encoded = new EncodedRows(compiled, rows);
  keepFeatures(rows, [], compiled.layout);
  const asked = { compiled, encoded, until, seed, trials, onProgress };
  if (!refitted) return (await fitRows(fit, { ...asked, split })).onnx;
  // A search was made on the rows that did not judge.
  const judged = trials && (await fitRows(fit, { ...asked, split, heads: 0 }));
  const learnt = splitRows(compiled, rows, 0);
  return (await fitRows(fit, { ...asked, split: learnt, decided: judged && decidedBy(judged.labels) })).onnx;
}

/** Rejects with the offsets if a part of the ranges is gone. */
async function checkThere(
  backbone: Backbone,
  topic: string,
  ranges: readonly OffsetRange[],
  modelId: string,
): Promise<void> {
  const known = (await backbone.partitions(topic)) === undefined ? [] : await backbone.offsets([topic]);
  const gone = ranges.flatMap(({ partition, from, to }) => {
    if (from === to) return [];
    const at = known.find((offsets) => offsets.partition === partition);
    const lost = [
      ...(at === undefined || at.start > from ? [[from, Math.min(to, at?.start ?? to)]] : []),
      ...(at !== undefined && at.end < to ? [[Math.max(from, at.end), to]] : []),
    ];
    return lost.map(([first, end]) => `${partition}: ${first}–${end! - 1}`);
  });
  if (gone.length === 0) return;
  throw new NotRebuildable(
    `offsets of ${topic} that model ${modelId} was trained on are gone (partition: offsets): ${gone.join(", ")}; ` +
      "only a longer retention would have kept them",
  );
}

function whyOf({ then, now }: Rebuilt["codeVersion"]): string {
  return then === now
    ? "the same code made another file of the rows: the rows, the file or its record differs from the published one"
    : `it was trained by loopstream ${then}, this is ${now}, which may learn otherwise: rebuild it with ${then}`;
}
