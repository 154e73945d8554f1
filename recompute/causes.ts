import { modelFor, modelsAt, validBlueprints, type ModelsAt } from "../catalogue/index.ts";
import type { Difference, DifferenceKind } from "./difference.ts";
import type { EventSources } from "./event-sources.ts";
import type { Requests } from "./find-requests.ts";
import type { LoggedDecision } from "./logged-decisions.ts";
import type { Recomputed } from "./recompute.ts";
import type { Tables } from "./source.ts";
import { causeOfDerived, causeOfValue } from "./value-causes.ts";
import type { VersionStarts } from "./version-starts.ts";
import { causesOfWindows, MOST_BEHIND_MS } from "./window-causes.ts";

/**
 * Names the harmless causes of differences. A live loop decides with the inputs it has read. An event, a model or a
 * blueprint that came later, or was not read yet, makes a difference although nothing is wrong. A cause is named only
 * if the topics show it, and a cause of features must explain all of the decision's windows at once.
 */
export function withCauses(
  differences: readonly Difference[],
  recomputed: Recomputed,
  sources: EventSources,
  tables: Tables,
  starts: VersionStarts,
): readonly Difference[] {
  const differ = differences.some(({ kind }) => kind === "features");
  const windows = differ ? causesOfWindows(recomputed, sources, tables, starts) : undefined;
  const causeOf: Partial<Record<DifferenceKind, (field: string) => string | null>> = {
    features: (field) => windows?.get(field) ?? causeOfValue(recomputed, field) ?? causeOfDerived(recomputed, field),
    model: () => causeOfModel(recomputed, tables),
    blueprint: () => causeOfBlueprint(recomputed, tables),
    posterior: (optionId) => causeOfPosterior(optionId, recomputed),
    parameters: (name) => causeOfParameter(name, recomputed, tables),
    mode: () => causeOfMode(recomputed, tables),
  };
  return differences.map((one) => ({ ...one, cause: causeOf[one.kind]?.(one.field) ?? null }));
}

/** The cause for a decision that could not be made again. */
export function withCauseOfGone(differences: readonly Difference[], { goneUntil }: Requests): readonly Difference[] {
  const cause = `can't be compared: requests up to ${iso(goneUntil)} are gone from the topic`;
  return differences.map((one) => (one.kind === "request" && one.decisionTime <= goneUntil ? { ...one, cause } : one));
}

/** The newest change of the models at work that took the decision away from its model. */
function causeOfModel({ logged, assigned }: Recomputed, { models }: Tables): string | null {
  const { useCase, blueprintVersion, decisionTime, modelId } = logged.decision;
  const before = (time: number): ModelsAt => modelsAt(models, useCase, blueprintVersion, time);
  for (let { since } = before(decisionTime); decisionTime - since <= MOST_BEHIND_MS; { since } = before(since)) {
    if ((modelFor(before(since), logged.decision)?.modelId ?? null) !== modelId) continue;
    const now = before(decisionTime);
    const is = assigned === undefined ? "no model is" : `${assigned.modelId} is`;
    const place =
      assigned !== undefined && now.canary?.model.modelId === assigned.modelId ? "the canary" : "in production";
    return `${is} ${place} since ${iso(since)}, ${decisionTime - since} ms before, and had not been read`;
  }
  return null;
}

/** A state that counts since just before the decision. */
function causeOfPosterior(optionId: string, { logged, states }: Recomputed): string | null {
  const { decisionTime } = logged.decision;
  const state = states.find((each) => each.optionId === optionId)!;
  const { used, missedSince: since } = state;
  if (since === null || decisionTime - since > MOST_BEHIND_MS) return null;
  return `the state after ${used} counts since ${iso(since)}, ${decisionTime - since} ms before, and had not been read`;
}

function causeOfBlueprint({ logged, liveVersion }: Recomputed, { blueprints }: Tables): string | null {
  const { useCase, blueprintVersion, decisionTime } = logged.decision;
  const live = blueprints.get(`${useCase}/${liveVersion ?? ""}`);
  const since = live?.activations.findLast(({ live: on, time }) => on && time < decisionTime)?.time;
  if (since === undefined || decisionTime - since > MOST_BEHIND_MS) return null;
  const before = validBlueprints(blueprints).at(useCase, since)?.blueprint.version;
  if (before !== blueprintVersion) return null;
  return `${liveVersion} is live since ${iso(since)}, ${decisionTime - since} ms before, and had not been read`;
}

function causeOfParameter(name: string, { logged, params }: Recomputed, { blueprints }: Tables): string | null {
  const { useCase, blueprintVersion, parameters } = logged.decision;
  const { parameters: changes = [] } = blueprints.get(`${useCase}/${blueprintVersion}`) ?? {};
  const known = validBlueprints(blueprints);
  const wasAt = (time: number): boolean => known.params(useCase, blueprintVersion, time)[name] === parameters[name];
  return causeOfSetting(`${name} is ${params[name]}`, logged, changes, wasAt);
}

function causeOfMode({ logged, mode }: Recomputed, { blueprints }: Tables): string | null {
  const { useCase, blueprintVersion, mode: was } = logged.decision;
  const { modes = [] } = blueprints.get(`${useCase}/${blueprintVersion}`) ?? {};
  const known = validBlueprints(blueprints);
  return causeOfSetting(
    `the mode is ${mode}`,
    logged,
    modes,
    (time) => known.mode(useCase, blueprintVersion, time) === was,
  );
}

/**
 * The newest changes before the decision, of which a running instance may not have read some.
 *
 * @param wasAt whether the logged value was valid at a time
 */
function causeOfSetting(
  is: string,
  { decision: { decisionTime } }: LoggedDecision,
  changes: readonly { readonly time: number }[],
  wasAt: (time: number) => boolean,
): string | null {
  const before = changes.filter(({ time }) => time < decisionTime && decisionTime - time <= MOST_BEHIND_MS);
  const since = before.findLast(({ time }) => wasAt(time))?.time;
  if (since === undefined) return null;
  return `${is} since ${iso(since)}, ${decisionTime - since} ms before, and had not been read`;
}

const iso = (time: number): string => (Number.isFinite(time) ? new Date(time).toISOString() : "the beginning");
