import { predictionNames } from "../../blueprints/index.ts";
import { readRows } from "../../rows/index.ts";
import type { TrainingRow } from "../../schemas/index.ts";
import { predictLabels } from "../predict-rows.ts";
import { isAfter } from "../split-rows.ts";
import type { TrainingTools } from "../training-tools.ts";
import { canarySteps, countDecisions, firstFailure, standing, type Climber } from "./climber.ts";
import { estimateBy } from "./episode-estimate.ts";
import { guardrailFigures } from "./guardrail-figures.ts";
import type { LadderEvidence } from "./ladder-check.ts";
import { returnFigures } from "./return-figures.ts";
import { seenEpisodes, type SeenEpisode } from "./seen-episodes.ts";
import { settledUntil } from "./settled.ts";

const noComparison = Object.freeze({ ours: {}, theirs: {}, gain: undefined });

/**
 * What is known of a model that learnt from episodes. In shadow: what its policy would be worth, by the episodes of the
 * model in production that began since its training. As the canary: what the episodes of its units return, beside those
 * of the others.
 */
export async function gatherEpisodes(
  tools: Pick<TrainingTools, "backbone" | "serdes" | "scorers">,
  climber: Climber,
): Promise<LadderEvidence> {
  const { compiled, known, model, rival, now } = climber;
  const steps = canarySteps(model);
  const after = steps[0]?.time ?? model.provenance.trainedUntil;
  const since = after - compiled.episodes!.gapMs;
  const read = await readRows(tools.backbone, tools.serdes, compiled, known, now, { since, packed: true });
  const rows = read.rows.filter((row) => {
    const of = known.version(model.useCase, row["blueprintVersion"] as string);
    return of !== undefined && compiled.episodes!.counts(of.blueprint);
  });
  const base = standing(climber);
  const ofCanary = steps.length === 0 ? [] : rows.filter(isAfter(after));
  const own = ofCanary.filter((row) => row["modelId"] === model.modelId);
  const both = { modelId: model.modelId, rival: rival.modelId };
  const facts = {
    ...{ ...base, comparison: noComparison, own: countDecisions(own.filter(isAfter(base.state.time))) },
    guardrails: guardrailFigures(compiled, ofCanary, steps, both),
  };
  // It has to go, and may be one that can't even be loaded.
  if (climber.trial.failure !== null) return { ...facts, episodes: null, failure: null };
  const scorer = await tools.scorers.get(model);
  const predicted = (some: readonly TrainingRow[]): Promise<unknown> =>
    predictLabels(scorer, compiled, some, predictionNames(compiled.blueprint));
  const failed = async (some: readonly TrainingRow[]): Promise<LadderEvidence> => ({
    ...{ ...facts, episodes: null, failure: await firstFailure(some, (row) => predicted([row])) },
  });
  // The policy gives no value where the model fails, or where a feature that a formula needs is missing.
  const refused = await failed(own.filter(({ reason }) => reason === "error"));
  if (refused.failure !== null) return refused;
  const episodes = await seenEpisodes(compiled, rows, after, now);
  if (steps.length > 0)
    return {
      ...facts,
      failure: null,
      episodes: { estimate: undefined, returns: returnFigures(episodes, steps, both) },
    };
  const { judging, madeBy } = judgingOf(episodes, rival.modelId, compiled.episodes!.actions);
  try {
    const estimate = await estimateBy(compiled, scorer, judging, madeBy);
    return { ...facts, failure: null, episodes: { estimate, returns: undefined } };
  } catch (error) {
    const found = await failed(judging.flatMap((episode) => episode.rows));
    if (found.failure === null) throw error;
    return found;
  }
}

/**
 * Whole episodes with all that an estimate needs: those of the model in production. Where it acts nowhere, those of the
 * log, as at the gate.
 */
function judgingOf(
  episodes: readonly SeenEpisode[],
  rival: string,
  actions: readonly string[],
): { readonly judging: readonly SeenEpisode[]; readonly madeBy: string } {
  const known = new Set<string | null>(actions);
  const ofRival = episodes.filter(({ modelId }) => modelId === rival);
  const [made, madeBy] = ofRival.length > 0 ? [ofRival, rival] : [episodes, episodes.length > 0 ? "the log" : rival];
  const until = settledUntil(made);
  const judging = made.filter(
    ({ terminal, worth, began, steps }) =>
      terminal && worth !== undefined && began <= until && steps.every(({ action }) => known.has(action)),
  );
  return { judging, madeBy };
}
