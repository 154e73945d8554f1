import { learnsEpisodes } from "../../blueprints/index.ts";
import { readRows, rowsTopic, withoutExtremes } from "../../rows/index.ts";
import type { TrainingRow } from "../../schemas/index.ts";
import type { Backbone } from "../../streams/index.ts";
import { compareModels, judgedUnit, type Comparison } from "../evidence/compare-models.ts";
import { learntLabels, rowsWith } from "../learnt-labels.ts";
import { predictRows } from "../predict-rows.ts";
import { isAfter, seenBy } from "../split-rows.ts";
import type { TrainingTools } from "../training-tools.ts";
import { canarySteps, countDecisions, failureOf, firstFailure, standing, type Climber } from "./climber.ts";
import { gatherEpisodes } from "./gather-episodes.ts";
import { guardrailFigures } from "./guardrail-figures.ts";
import type { LadderEvidence } from "./ladder-check.ts";

/** Of more records a sample of the decisions judges. */
const MOST_RECORDS = 200_000;
const nothing: Comparison = Object.freeze({ ours: {}, theirs: {}, gain: undefined });

/** What is known of a model on the ladder: the rows that came since it was trained, predicted by it and by the model in production. */
export async function gatherEvidence(
  tools: Pick<TrainingTools, "backbone" | "serdes" | "scorers">,
  climber: Climber,
): Promise<LadderEvidence> {
  if (learnsEpisodes(climber.compiled.blueprint)) return gatherEpisodes(tools, climber);
  const { compiled, model, rival } = climber;
  const { weight } = compiled;
  const base = { ...standing(climber), episodes: null };
  const { state } = base;
  const read = await rowsSince(tools, climber);
  const steps = canarySteps(model);
  const ofCanary = steps.length === 0 ? [] : read.filter(isAfter(steps[0]!.time));
  const own = ofCanary.filter((row) => row["modelId"] === model.modelId);
  const isFailed = (row: TrainingRow): boolean =>
    row["reason"] === "error" && row[compiled.labelColumns[0]!.prediction] === null;
  const failed = own.find(isFailed);
  const guarded = guardrailFigures(compiled, ofCanary, steps, { modelId: model.modelId, rival: rival.modelId });
  const ownNow = own.filter(isAfter(state.time));
  const known = { ...base, own: countDecisions(ownNow), guardrails: guarded };
  if (failed !== undefined)
    return { ...known, comparison: nothing, failure: failureOf(failed, "it was decided without a prediction") };
  // It has to go, and may be one that can't even be loaded.
  if (climber.trial.failure !== null) return { ...known, comparison: nothing, failure: null };
  const [first] = judgedUnit(compiled);
  const [seen, seenByRival] = [seenBy(model, compiled)[0]!, seenBy(rival, compiled)[0]!];
  const judging = withoutExtremes(read, compiled.layout, learntLabels(compiled), weight).rows;
  const rows = rowsWith(first, judging).filter(isAfter(Math.max(seen, seenByRival)));
  const [ours, theirs] = [await tools.scorers.get(model), await tools.scorers.get(rival)];
  try {
    return { ...known, failure: null, comparison: await compareModels(compiled, rows, ours, theirs) };
  } catch (error) {
    const failure = await firstFailure(rows, (row) => predictRows(ours, compiled, [row]));
    // It is the model in production that fails.
    if (failure === null) throw error;
    return { ...known, failure, comparison: nothing };
  }
}

/** The rows that are newer than those of the model's training. */
export async function rowsSince(
  { backbone, serdes }: Pick<TrainingTools, "backbone" | "serdes">,
  { compiled, known, model, now }: Pick<Climber, "compiled" | "known" | "model" | "now">,
): Promise<readonly TrainingRow[]> {
  const topic = rowsTopic(compiled);
  const { rowsTopic: learnt, ranges } = model.provenance;
  const ends = learnt === topic.name ? new Map(ranges.map(({ partition, to }) => [partition, to])) : new Map();
  const at = await offsetsOf(backbone, topic.name);
  const later = at
    .map(({ partition, start, end }) => ({ partition, from: Math.max(start, ends.get(partition) ?? start), to: end }))
    .filter(({ from, to }) => from < to);
  const { rows } = await readRows(backbone, serdes, compiled, known, now, {
    ...{ topic, most: MOST_RECORDS, packed: true },
    again: { ranges: later, versions: [] },
  });
  return rows;
}

const offsetsOf = async (backbone: Backbone, topic: string): ReturnType<Backbone["offsets"]> =>
  (await backbone.partitions(topic)) === undefined ? [] : backbone.offsets([topic]);
