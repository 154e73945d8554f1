import { rm } from "node:fs/promises";
import { join } from "node:path";
import { learnsEpisodes } from "../blueprints/index.ts";
import { askedVersion, publishTrained, validBlueprints } from "../catalogue/index.ts";
import { trainEpisodes } from "./episodes/train-episodes.ts";
import type { ModelRecorded, TrainingRow } from "../schemas/index.ts";
import { sha256, writeArtifact } from "../serving/index.ts";
import { weightSpread } from "../statistics/index.ts";
import { judgingKept, keptFigures } from "./evidence/kept-figures.ts";
import { evidenceOf } from "./evidence/evidence.ts";
import { fitJudged, type FittedJudged } from "./fit/fit-judged.ts";
import { gate, type Verdict } from "./gates/index.ts";
import { labelledRows, type NotLearnt } from "./labelled-rows.ts";
import { learnsTogether } from "./learners/index.ts";
import { provenanceHeaders } from "./models/provenance.ts";
import { trainingSeed } from "./models/training-seed.ts";
import { alikeLabels } from "./report/alike-labels.ts";
import { reportOf } from "./report/report.ts";
import type { TrainRequest, TrainResult } from "./models/train-request.ts";
import type { TrainingTools } from "./training-tools.ts";

/**
 * Trains now, whether or not it is due: reads, learns, evaluates, and publishes a model. The gate decides whether
 * it goes into production. One training of a use case at a time. Rejects when the use case or version is
 * unknown.
 */
export async function trainModel(tools: TrainingTools, request: TrainRequest): Promise<TrainResult> {
  const { useCase, until } = request;
  const tables = await tools.tables();
  const asks = askedVersion(validBlueprints(tables.blueprints), useCase, request.blueprintVersion, until);
  if (learnsEpisodes(asks.blueprint)) return trainEpisodes(tools, tables, request);
  const found = await labelledRows(tools, tables, request);
  const { compiled, topic, read, rows, split, evaluation, production, needed, fewest, notLearnt } = found;
  const { blueprint } = compiled;
  const { train } = split;
  if (fewest.rows < needed) {
    if (request.rowsTopic === undefined) {
      const end = read.ranges.reduce((sum, { to }) => sum + to, 0) - read.later + needed - fewest.rows;
      tools.lacking.set(useCase, { version: blueprint.version, end });
    }
    return { kind: "tooFewRows", needed, ...fewest, ...notLearnt };
  }
  const newest = newestOf(rows);
  const { searches, codeVersion } = tools;
  const kept = searches === undefined ? undefined : { folder: join(searches, useCase), codeVersion };
  const judging = judgingKept(compiled, found.kept, production);
  const seed = trainingSeed(blueprint, newest);
  const asked = { compiled, rows, split, judging, until, seed, kept, onProgress: request.onProgress };
  const fitted = await fitJudged(tools.fit, asked);
  if (kept) await rm(kept.folder, { recursive: true, force: true });
  const modelId = sha256(fitted.onnx).slice(0, 16);
  const known = tables.models.get(`${useCase}/${modelId}`);
  if (known !== undefined) return resultOf(known, fitted, newest, notLearnt);
  const held = split.labels[0]!.holdout;
  const byUnits = await keptFigures(tools, compiled, {
    ...{ rows: judging, production, onnx: fitted.onnx, labels: fitted.labels },
    // What is learnt together has seen a row if any of its labels has.
    learntUntil: newestOf(learnsTogether(blueprint) ? fitted.learnt.train : fitted.learnt.labels[0]!.train),
  });
  const evidence = await evidenceOf(tools, compiled, fitted.labels, {
    ...{ rows: held, share: request.holdout ?? blueprint.training.holdout, production },
    trainedUntil: newestOf(fitted.learnt.train),
  });
  const provenance = {
    rowsTopic: topic,
    ranges: read.ranges,
    until,
    rows: train.length,
    holdout: rows.length - train.length,
    seed,
    trainedUntil: newestOf(fitted.learnt.train),
    refitted: fitted.refitted,
    codeVersion,
    versions: read.versions,
    trainedRows: compiled.waits.length === 1 ? [] : split.labels.map((label) => label.train.length),
    labelsTrainedUntil: compiled.waits.length === 1 ? [] : fitted.learnt.labels.map((label) => newestOf(label.train)),
    evaluation,
    kept: found.kept.length,
    imported: null,
    ...notLearnt,
  };
  const source = { useCase, blueprintVersion: blueprint.version, provenance };
  const artifact = await writeArtifact(tools.backbone, tools.publisher, fitted.onnx, until, provenanceHeaders(source));
  const alike = alikeLabels(fitted.learnt.labels);
  const judge = (inProduction: string | undefined): Verdict => {
    const verdict = gate({ ...evidence, kept: byUnits, inProduction });
    return alike === undefined ? verdict : { ...verdict, reason: `${verdict.reason}; ${alike}` };
  };
  const time = request.publishedAt?.() ?? until;
  const report = reportOf(compiled, fitted.labels, held, { constant: evidence.constant(), kept: byUnits });
  const made = { ...source, modelId, artifact, metrics: evidence.candidate, report };
  return resultOf(
    await publishTrained(tools, made, { judge, ladder: blueprint.ladder, time }),
    fitted,
    newest,
    notLearnt,
  );
}

const newestOf = (rows: readonly TrainingRow[]): number => rows.at(-1)!["decisionTime"] as number;

function resultOf(
  model: ModelRecorded,
  { onnx, seconds, weights }: FittedJudged,
  newest: number,
  notLearnt: NotLearnt,
): TrainResult {
  const promoted = model.states.some(({ state }) => state === "production");
  const spread = weights && { weights: weightSpread(weights) };
  return { kind: "trained", model, promoted, seconds, onnx, newest, ...spread, ...notLearnt };
}
