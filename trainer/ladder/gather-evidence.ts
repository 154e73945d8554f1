import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { climbingState, type ValidBlueprints } from "../../catalogue/index.ts";
import { readRows, rowsTopic, withoutExtremes } from "../../rows/index.ts";
import type { ModelRecorded, ModelState, TrainingRow } from "../../schemas/index.ts";
import type { Backbone } from "../../streams/index.ts";
import { compareModels, judgedUnit, type Comparison } from "../evidence/compare-models.ts";
import { learntLabels, rowsWith } from "../learnt-labels.ts";
import { predictRows } from "../predict-rows.ts";
import { isAfter, seenBy } from "../split-rows.ts";
import type { TrainingTools } from "../training-tools.ts";
import { guardrailFigures } from "./guardrail-figures.ts";
import type { Failure, LadderEvidence, Trial } from "./ladder-check.ts";

/** A model on the ladder. */
export interface Climber {
  readonly compiled: CompiledBlueprint;
  readonly known: ValidBlueprints;
  readonly model: ModelRecorded;
  /** The model in production. */
  readonly rival: ModelRecorded;
  /** Event time, ms: rows complete after it are left out. */
  readonly now: number;
  readonly trial: Trial;
}

/** Of more records a sample of the decisions judges. */
const MOST_RECORDS = 200_000;
const nothing: Comparison = Object.freeze({ ours: {}, theirs: {}, gain: undefined });

/** What is known of a model on the ladder: the rows that came since it was trained, predicted by it and by the model in production. */
export async function gatherEvidence(
  tools: Pick<TrainingTools, "backbone" | "serdes" | "scorers">,
  climber: Climber,
): Promise<LadderEvidence> {
  const { compiled, model, rival, now, trial } = climber;
  const { blueprint, weight } = compiled;
  const ladder = blueprint.ladder!;
  const state = climbingState(model, now)!;
  const base = {
    ladder,
    state,
    rival: rival.modelId,
    trial,
    ...{ metric: blueprint.training.metric, tolerance: blueprint.training.tolerance },
  };
  const read = await rowsSince(tools, climber);
  const steps = canarySteps(model.states);
  const ofCanary = steps.length === 0 ? [] : read.filter(isAfter(steps[0]!.time));
  const own = ofCanary.filter((row) => row["modelId"] === model.modelId);
  const isFailed = (row: TrainingRow): boolean =>
    row["reason"] === "error" && row[compiled.labelColumns[0]!.prediction] === null;
  const failed = own.find(isFailed);
  const guarded = guardrailFigures(compiled, ofCanary, steps, { modelId: model.modelId, rival: rival.modelId });
  const ownNow = own.filter(isAfter(state.time));
  const known = { ...base, own: new Set(ownNow.map((row) => row["decisionId"])).size, guardrails: guarded };
  if (failed !== undefined)
    return { ...known, comparison: nothing, failure: failureOf(failed, "it was decided without a prediction") };
  const [first] = judgedUnit(compiled);
  const [seen, seenByRival] = [seenBy(model, compiled)[0]!, seenBy(rival, compiled)[0]!];
  const judging = withoutExtremes(read, compiled.layout, learntLabels(compiled), weight).rows;
  const rows = rowsWith(first, judging).filter(isAfter(Math.max(seen, seenByRival)));
  const [ours, theirs] = [await tools.scorers.get(model), await tools.scorers.get(rival)];
  try {
    return { ...known, failure: null, comparison: await compareModels(compiled, rows, ours, theirs) };
  } catch (error) {
    const failure = await firstFailure(rows, async (row) => void (await predictRows(ours, compiled, [row])));
    // It is the model in production that fails.
    if (failure === null) throw error;
    return { ...known, failure, comparison: nothing };
  }
}

/** The rows that are newer than those of the model's training. */
async function rowsSince(
  { backbone, serdes }: Pick<TrainingTools, "backbone" | "serdes">,
  { compiled, known, model, now }: Climber,
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

/** Its states as a canary of the ladder, without a state of another kind between. */
function canarySteps(states: readonly ModelState[]): readonly ModelState[] {
  const isStep = ({ ladder, state }: ModelState): boolean => ladder && state === "canary";
  return states.slice(states.findLastIndex((state) => !isStep(state)) + 1);
}

const failureOf = (row: TrainingRow, reason: string): Failure => ({ decisionId: row["decisionId"] as string, reason });

async function firstFailure(
  rows: readonly TrainingRow[],
  predict: (row: TrainingRow) => Promise<void>,
): Promise<Failure | null> {
  for (const row of rows) {
    try {
      await predict(row);
    } catch (error) {
      return failureOf(row, error instanceof Error ? error.message : String(error));
    }
  }
  return null;
}
