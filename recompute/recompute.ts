import { modelFor, modelsAt, validBlueprints } from "../catalogue/index.ts";
import type { CompiledBlueprint, FeatureVector, LearningMode, ParamValues } from "../blueprints/index.ts";
import { decideScored, enrichRequest, loggedAction, predict, type WindowBytes } from "../operators/index.ts";
import type { DecisionRecorded, Enriched, LoggedAction, ModelRecorded } from "../schemas/index.ts";
import { CodedError } from "../streams/index.ts";
import type { FoundRequest, Requests } from "./find-requests.ts";
import type { LoggedDecision } from "./logged-decisions.ts";
import { believedBy, usedStates, type UsedState } from "./posteriors.ts";
import type { RecomputeSource, Tables } from "./source.ts";

type Predictions = Readonly<Record<string, number>>;

/**
 * A decision made again, stage by stage. Each stage starts from the logged result of the stage before. So a difference
 * is reported at its origin, and not again in everything after it. If no stage differs, the whole decision is
 * re-derived.
 */
export interface Recomputed {
  readonly logged: LoggedDecision;
  readonly found: FoundRequest;
  /** The version in the decision's record. */
  readonly compiled: CompiledBlueprint;
  /** The version that was live at its time; `undefined`: none was. */
  readonly liveVersion: string | undefined;
  /** By that version's features, from the request and the events. */
  readonly features: FeatureVector;
  /** The same of all options of the request, in its order. */
  readonly options: Enriched["options"];
  /** The values of the policy's parameters that its version had at its time. */
  readonly params: ParamValues;
  /** Who acted by its version at its time, as it was set. */
  readonly mode: LearningMode;
  /** The model that its version had for it at its time, in production or the canary; `undefined`: there was none. */
  readonly assigned: ModelRecorded | undefined;
  /** The model in the decision's record; `undefined` without one, or if no record of the model exists. */
  readonly model: ModelRecorded | undefined;
  /** By that model from the logged features; `failure` is the reason for none, if the model's file has changed. */
  readonly predictions: Predictions;
  /** Of each option; empty where a decision has none. */
  readonly optionPredictions: readonly Predictions[];
  /** The states of a posterior that it went by; empty without one. */
  readonly states: readonly UsedState[];
  readonly failure: string | undefined;
  /** By the policy from the logged features and predictions. */
  readonly decision: DecisionRecorded;
}

/** A decision that can't be made again: the request or the blueprint version is gone. */
export interface NotRecomputed {
  readonly logged: LoggedDecision;
  readonly gone: "request" | "blueprint";
  /** The reason that the blueprint version can't be read, if it exists. */
  readonly problem?: string | undefined;
}

/** The features' stage for one decision, over given windows. */
export function featuresOf(
  { decision }: LoggedDecision,
  { request }: FoundRequest,
  tables: Tables,
  windows: WindowBytes,
): Pick<Enriched, "features" | "options"> {
  const known = validBlueprints(tables.blueprints);
  const { decisionTime, blueprintVersion } = decision;
  return enrichRequest(request, decisionTime, known, windows, blueprintVersion, tables.rows);
}

/** Every decision made again; the model runs once for all of its decisions. */
export async function recompute(
  { scorers, salt }: RecomputeSource,
  tables: Tables,
  logged: readonly LoggedDecision[],
  requests: Requests,
  windows: WindowBytes,
): Promise<readonly (Recomputed | NotRecomputed)[]> {
  const known = validBlueprints(tables.blueprints);
  const enriched = new Map<LoggedDecision, Enriched>();
  for (const one of logged) {
    const found = requests.of(one);
    if (found === undefined || known.version(one.decision.useCase, one.decision.blueprintVersion) === undefined)
      continue;
    enriched.set(one, featuresOf(one, found, tables, windows) as Enriched);
  }
  const scores = await scoresOf(scorers, tables, logged, (one) => enrichedOf(one, requests.of(one), enriched.get(one)));
  return logged.map((one) => {
    const { decision } = one;
    const { useCase, decisionTime: time, blueprintVersion } = decision;
    const found = requests.of(one);
    if (found === undefined) return { logged: one, gone: "request" };
    const compiled = known.version(useCase, blueprintVersion);
    if (compiled === undefined) {
      return { logged: one, gone: "blueprint", problem: known.problem(useCase, blueprintVersion) };
    }
    const { model, predictions = {}, optionPredictions = [], failure } = scores.get(one) ?? {};
    const { features, options } = enriched.get(one)!;
    const mode = known.mode(useCase, blueprintVersion, time);
    const passedOn = enrichedOf(one, found, enriched.get(one))!;
    const used = usedStates(decision, passedOn.options, compiled, tables);
    const believed = used.length === 0 ? [] : believedBy(used, passedOn, compiled, tables);
    const allPredictions =
      believed.length === 0 ? optionPredictions : believed.map((own, at) => ({ ...optionPredictions[at], ...own }));
    const predicted = new Map(decision.options.map((option) => [option.optionId, option.predictions]));
    const scored = {
      enriched: passedOn,
      modelId: decision.modelId,
      predictions: decision.predictions,
      options: allPredictions.map((own, at) => predicted.get(options[at]!.optionId) ?? own),
    };
    return {
      logged: one,
      found,
      compiled,
      liveVersion: known.at(useCase, time)?.blueprint.version,
      features: features as FeatureVector,
      options,
      params: known.params(useCase, blueprintVersion, time),
      mode,
      assigned: modelFor(modelsAt(tables.models, useCase, blueprintVersion, time), decision),
      model,
      predictions,
      optionPredictions: allPredictions,
      states: used,
      failure,
      // The knowledge of an earlier decision under the id is state of that time: the logged value is used.
      decision: decideScored(
        ...([scored, compiled, time, salt] as const),
        // Without a model the record says `loggingOnly`, whoever acts then.
        { params: decision.parameters, mode: decision.modelId === null ? mode : decision.mode },
        decision.repeatOf,
        actionOf(found, compiled),
      ),
    };
  });
}

/** The action that its feed of history brought. */
export function actionOf({ request, headers }: FoundRequest, compiled: CompiledBlueprint): LoggedAction | null {
  const logged = loggedAction(request, headers, compiled);
  return logged.kind === "taken" ? logged.action : null;
}

/** The request with the logged features, as the live loop passed it on. Of options that are not on the record those made again. */
function enrichedOf(
  { decision }: LoggedDecision,
  found: FoundRequest | undefined,
  again: Pick<Enriched, "options"> | undefined,
): Enriched | undefined {
  if (found === undefined || again === undefined) return undefined;
  const logged = new Map(decision.options.map((option) => [option.optionId, option]));
  return {
    request: found.request,
    blueprintVersion: decision.blueprintVersion,
    features: decision.features,
    error: null,
    misfits: null,
    options: again.options.map((option) => logged.get(option.optionId) ?? option),
  };
}

interface Score {
  readonly model?: ModelRecorded;
  readonly predictions?: Predictions;
  readonly optionPredictions?: readonly Predictions[];
  readonly failure?: string;
}

async function scoresOf(
  scorers: RecomputeSource["scorers"],
  tables: Tables,
  logged: readonly LoggedDecision[],
  passedOn: (one: LoggedDecision) => Enriched | undefined,
): Promise<ReadonlyMap<LoggedDecision, Score>> {
  const scores = new Map<LoggedDecision, Score>();
  const known = validBlueprints(tables.blueprints);
  const keyOf = ({ decision }: LoggedDecision): string | undefined =>
    decision.modelId === null ? undefined : `${decision.useCase}/${decision.modelId}`;
  for (const [key, group] of Map.groupBy(logged, keyOf)) {
    if (key === undefined) continue;
    const model = tables.models.get(key);
    const compiled = model && known.version(model.useCase, model.blueprintVersion);
    const score = (all: (at: number) => Score): void => group.forEach((one, at) => scores.set(one, all(at)));
    if (model === undefined || compiled === undefined) {
      score(() => ({ failure: `there is no model ${key} any more` }));
      continue;
    }
    try {
      const asked = group.flatMap((one) => {
        const enriched = passedOn(one);
        return enriched === undefined ? [] : [{ one, enriched }];
      });
      const made = await predict(
        asked.map(({ enriched }) => enriched),
        compiled,
        await scorers(model),
      );
      for (const [at, { one }] of asked.entries()) {
        const { predictions, options: optionPredictions } = made[at]!;
        scores.set(one, { model, predictions, optionPredictions });
      }
    } catch (error) {
      if (error instanceof CodedError && error.flags.retry) throw error;
      score(() => ({ model, failure: error instanceof Error ? error.message : String(error) }));
    }
  }
  return scores;
}
