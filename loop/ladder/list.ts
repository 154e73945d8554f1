import { climbingState, modelStateAt, stateText } from "../../catalogue/index.ts";
import type { ModelRecorded, ModelState } from "../../schemas/index.ts";
import { runningInstances } from "../instances/running-instances.ts";
import type { Tools } from "../loop.ts";
import { lookAt, modelsOnLadder } from "./look.ts";
import { lookAtWatched, watchedModels } from "./look-watched.ts";

/** A model of a version that has a ladder. */
export interface ListedOnLadder {
  readonly useCase: string;
  readonly blueprintVersion: string;
  /** That version is the live one of its use case. */
  readonly live: boolean;
  readonly modelId: string;
  readonly state: ModelState;
  /** It stands on the ladder. */
  readonly climbs: boolean;
  /** It is in production, and the model before it may come back. */
  readonly watched: boolean;
  /** The step that is due, `production` or `canary 5%`, or `withdrawn`; null: it waits, or does not climb. */
  readonly next: string | null;
  /** What it waits for or why the step is due; of others the reason of their state. */
  readonly reason: string;
}

/** Models of a version that are told, the newest. */
const MOST = 10;

/**
 * The models of versions with a ladder, but those that others have replaced: where each stands and what it waits for. Takes no step.
 *
 * @param at event time, ms; absent: the log's time
 */
export async function listLadder(tools: Tools, useCase?: string, at?: number): Promise<readonly ListedOnLadder[]> {
  const now = at ?? (await runningInstances(tools)).now;
  const { known, models, found } = await modelsOnLadder(tools, now);
  const hasLadder = (model: ModelRecorded): boolean =>
    (known.version(model.useCase, model.blueprintVersion)?.blueprint.ladder ?? null) !== null;
  const wanted = [...models.values()].filter(
    (model) => (useCase === undefined || model.useCase === useCase) && hasLadder(model),
  );
  const behind = await watchedModels(tools, now);
  const listed: ListedOnLadder[] = [];
  for (const version of Map.groupBy(wanted, (model) => `${model.useCase}/${model.blueprintVersion}`).values()) {
    const newest = version
      .filter((model) => modelStateAt(model, now)?.state !== "retired")
      .sort((a, b) => b.provenance.until - a.provenance.until)
      .slice(0, MOST);
    for (const model of newest) {
      const climbing = found.find((each) => each.model.modelId === model.modelId);
      const watched = behind.find((each) => each.model.modelId === model.modelId);
      const verdict =
        (climbing && (await lookAt(tools, known, climbing, now)).verdict) ??
        (watched && (await lookAtWatched(tools, watched, now)));
      const live = known.at(model.useCase, now)?.blueprint.version === model.blueprintVersion;
      listed.push({ ...listedOf(model, now, verdict), live, watched: watched !== undefined });
    }
  }
  return listed;
}

type Verdict = Awaited<ReturnType<typeof lookAt>>["verdict"];

function listedOf(
  model: ModelRecorded,
  now: number,
  verdict: Verdict | undefined,
): Omit<ListedOnLadder, "live" | "watched"> {
  const { useCase, blueprintVersion, modelId } = model;
  const state = modelStateAt(model, now) ?? model.states.at(-1)!;
  const to = verdict?.to;
  const next =
    to === undefined
      ? null
      : typeof to === "string"
        ? to
        : stateText({ state: "canary", share: to.canary, by: "unit" });
  const climbs = climbingState(model, now) !== undefined;
  return { ...{ useCase, blueprintVersion, modelId, state, climbs, next }, reason: verdict?.reason ?? state.reason };
}
