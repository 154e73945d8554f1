import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { publishTrained } from "../../catalogue/index.ts";
import { weightsOf } from "../../rows/index.ts";
import {
  DomainError,
  type ModelRecorded,
  type ModelReport,
  type Provenance,
  type TrainingRow,
} from "../../schemas/index.ts";
import { loadScorer, sha256, writeArtifact, type Scorer } from "../../serving/index.ts";
import { evidenceOf, type JudgedLabel } from "../evidence/evidence.ts";
import { gate, type Verdict } from "../gates/index.ts";
import { labelledRows, type LabelledRows, type LabelledRowsRequest, type NotLearnt } from "../labelled-rows.ts";
import { provenanceHeaders } from "../models/provenance.ts";
import { rewriteModel } from "../onnx/index.ts";
import { labelsOf, predictRows } from "../predict-rows.ts";
import { reportOf } from "../report/report.ts";
import { isAfter } from "../split-rows.ts";
import type { TrainingTools } from "../training-tools.ts";
import { columnsOf, type GivenColumns } from "./model-columns.ts";
import { outputsOf } from "./model-outputs.ts";
import { readSignature } from "./model-signature.ts";
import { probeModel } from "./probe-model.ts";
import { unfit } from "./unfit.ts";

export interface ImportRequest extends LabelledRowsRequest, GivenColumns {
  /** The file as it was exported. */
  readonly onnx: Uint8Array;
  /** Its name, for the record. */
  readonly file?: string | undefined;
  /** Asked right before the model is published, ms, as of a training; absent: `until`. */
  readonly publishedAt?: (() => number) | undefined;
  /** The model has seen no row decided after this time, ms, so those judge it. Absent: the newest rows, as of a training. */
  readonly trainedUntil?: number | undefined;
  /** The output that predicts the only label; absent: it is looked for. */
  readonly output?: string | undefined;
}

export interface ImportResult extends NotLearnt {
  /** `known`: the same file is on the topic of models already, and nothing was written. */
  readonly kind: "imported" | "known";
  readonly model: ModelRecorded;
  readonly promoted: boolean;
  /** The rows that judge it, by decision time in ms: `from` the oldest one on. */
  readonly judged: { readonly rows: number; readonly from: number | null };
  /** What a person should know of the choices made. */
  readonly notes: readonly string[];
}

/**
 * Publishes a model that was trained elsewhere, as an ONNX file: it is checked, judged on the newest rows, and goes
 * into production by the gate of trainings.
 *
 * @throws DomainError `UNFIT_MODEL` when the file can't serve the blueprint; when use case or version is unknown
 */
export async function importModel(tools: TrainingTools, request: ImportRequest): Promise<ImportResult> {
  const { useCase, until, onnx } = request;
  const tables = await tools.tables();
  const found = await labelledRows(tools, tables, { ...request, evaluation: 0 });
  const { compiled, read, rows, production, notLearnt } = found;
  const { blueprint, layout } = compiled;
  const signature = readSignature(onnx);
  const columns = columnsOf(signature, request, layout);
  const chosen = outputsOf(signature, blueprint, request.output);
  const file = rewriteModel(onnx, chosen.outputs, {
    ...signature.metadata,
    ...{ useCase, blueprintVersion: blueprint.version },
    ...{ features: JSON.stringify(columns.features), categories: JSON.stringify(columns.categories) },
  });
  const assumed = `the file does not name its columns: they are taken as ${columns.features.join(", ")}, in the blueprint's order`;
  const notes = [...(columns.assumed ? [assumed] : []), ...chosen.notes];
  const judging = judgingRows(found, request.trainedUntil);
  const judged = { rows: judging.length, from: (judging[0]?.["decisionTime"] as number | undefined) ?? null };
  const modelId = sha256(file).slice(0, 16);
  const known = tables.models.get(`${useCase}/${modelId}`);
  if (known !== undefined) return resultOf("known", known);

  const trainedUntil = request.trainedUntil ?? newestBefore(rows, judging) ?? until;
  const scorer = await load(file);
  let evidence: Awaited<ReturnType<typeof evidenceOf>>;
  let report: ModelReport;
  try {
    await probeModel(scorer, compiled, columns.features, rows);
    const labels = await judgedLabels(scorer, found, request.trainedUntil);
    evidence = await evidenceOf(tools, compiled, labels, {
      ...{ rows: labels[0]!.rows, share: request.holdout ?? blueprint.training.holdout, production, trainedUntil },
    });
    report = reportOf(compiled, labels, labels[0]!.rows, { constant: evidence.constant() });
  } finally {
    await scorer.release();
  }
  const provenance: Provenance = {
    rowsTopic: found.topic,
    ...{ ranges: read.ranges, versions: read.versions, until },
    ...{ rows: 0, holdout: judging.length, seed: 0, trainedRows: [], refitted: false, labelsTrainedUntil: [] },
    // Nobody knows the units that it was trained on.
    ...{ evaluation: 0, kept: 0 },
    trainedUntil,
    codeVersion: tools.codeVersion,
    imported: {
      file: request.file ?? null,
      sha256: sha256(onnx),
      producer: signature.producer,
      trainedUntil: request.trainedUntil ?? null,
    },
    ...notLearnt,
  };
  const source = { useCase, blueprintVersion: blueprint.version, provenance };
  const artifact = await writeArtifact(tools.backbone, tools.publisher, file, until, provenanceHeaders(source));
  const judge = (inProduction: string | undefined): Verdict => verdictOf(found, { ...evidence, inProduction });
  const made = { ...source, modelId, artifact, metrics: evidence.candidate, report };
  const time = request.publishedAt?.() ?? until;
  return resultOf("imported", await publishTrained(tools, made, { judge, ladder: blueprint.ladder, time }));

  function resultOf(kind: ImportResult["kind"], model: ModelRecorded): ImportResult {
    const promoted = model.states.some(({ state }) => state === "production");
    return { kind, model, promoted, judged, notes, ...notLearnt };
  }
}

/** A model is judged by as many rows as one is trained from. */
function verdictOf({ fewest, needed }: LabelledRows, evidence: Parameters<typeof gate>[0]): Verdict {
  if (fewest.rows >= needed) return gate(evidence);
  const which = fewest.label === undefined ? "" : ` with label ${fewest.label}`;
  const reason = `refused: ${fewest.rows} rows${which} are complete, ${needed} are needed to judge a model (training.minRows)`;
  return { promote: false, reason, checks: [] };
}

/** The rows that judge some label, in their order. */
function judgingRows({ rows, split }: LabelledRows, trainedUntil = Number.NEGATIVE_INFINITY): readonly TrainingRow[] {
  const held = new Set(split.labels.flatMap(({ holdout }) => holdout));
  return rows.filter((row) => held.has(row)).filter(isAfter(trainedUntil));
}

function newestBefore(rows: readonly TrainingRow[], judging: readonly TrainingRow[]): number | undefined {
  const judges = new Set(judging);
  return rows.findLast((row) => !judges.has(row))?.["decisionTime"] as number | undefined;
}

function judgedLabels(
  scorer: Scorer,
  { compiled, split }: LabelledRows,
  trainedUntil = Number.NEGATIVE_INFINITY,
): Promise<readonly (JudgedLabel & { readonly rows: readonly TrainingRow[] })[]> {
  const made = split.labels.map(async ({ label, train, holdout }) => {
    const rows = holdout.filter(isAfter(trainedUntil));
    const predictions = await predictRows(scorer, compiled, rows, label.name);
    return {
      label,
      rows,
      predictions,
      train: labelled(compiled, train, label.column),
      holdout: labelled(compiled, rows, label.column),
    };
  });
  return Promise.all(made);
}

const labelled = (
  { weight }: CompiledBlueprint,
  rows: readonly TrainingRow[],
  column: string,
): JudgedLabel["train"] => ({ labels: labelsOf(rows, column), weights: weight && weightsOf(rows, weight) });

async function load(file: Uint8Array): Promise<Scorer> {
  try {
    return await loadScorer(file);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "BAD_MODEL") throw error;
    const why = error.cause instanceof Error ? error.cause.message : error.message;
    throw unfit(`ONNX Runtime can't load it: ${why.slice(0, 500)}`, error);
  }
}
