import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { watchedModel, type ValidBlueprints, type WatchedModel } from "../../catalogue/index.ts";
import {
  gatherWatched,
  judgeWatched,
  type Failure,
  type TrainingTools,
  type WatchVerdict,
} from "../../trainer/index.ts";
import { modelledVersions } from "./look.ts";
import { tryModel } from "./try-model.ts";

/** A model in production that is still compared with the one before it. */
export interface WatchedOnLadder extends WatchedModel {
  readonly compiled: CompiledBlueprint;
  readonly known: ValidBlueprints;
}

/** The models that are watched in production at an event time, ms: those of blueprints that ask for it. */
export async function watchedModels(
  tools: Pick<TrainingTools, "tables">,
  now: number,
): Promise<readonly WatchedOnLadder[]> {
  const { known, models, versions } = await modelledVersions(tools);
  return versions.flatMap(({ compiled, version }) => {
    if ((compiled.blueprint.ladder?.watch ?? null) === null) return [];
    const watched = watchedModel(models, version, now);
    return watched === undefined ? [] : [{ compiled, known, ...watched }];
  });
}

type Tools = Pick<TrainingTools, "backbone" | "serdes" | "scorers">;

/** Of the newest decisions the first that the model can't predict. None, if the former model fails on them too. */
export async function failsAlone(
  tools: Tools,
  { compiled, model, former }: Pick<WatchedOnLadder, "compiled" | "model" | "former">,
): Promise<Failure | null> {
  const { failure } = await tryModel(tools, compiled, model);
  return failure === null || (await tryModel(tools, compiled, former)).failure !== null ? null : failure;
}

/**
 * What becomes of a model that is watched in production, from all that is on the topics; writes nothing.
 *
 * @param now event time, ms
 * @param failure as `failsAlone` gives it; absent: it is tried now
 */
export async function lookAtWatched(
  tools: Tools,
  watched: WatchedOnLadder,
  now: number,
  failure?: Failure | null,
): Promise<WatchVerdict> {
  const tried = failure === undefined ? await failsAlone(tools, watched) : failure;
  return judgeWatched(await gatherWatched(tools, { ...watched, now, tried }), now);
}
