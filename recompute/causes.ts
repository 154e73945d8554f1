import { validBlueprints, type FeatureVector } from "../blueprints/index.ts";
import type { BlueprintPublished } from "../schemas/index.ts";
import { productionModel } from "../serving/index.ts";
import type { Difference, DifferenceKind } from "./compare.ts";
import type { EventSources, SourceEvent } from "./event-sources.ts";
import type { Requests } from "./find-requests.ts";
import { featuresOf, type Recomputed } from "./recompute.ts";
import type { Tables } from "./source.ts";
import { windowsOf } from "./window-tiles.ts";

/** A live loop that is further behind than this is a finding, not a cause; ms of event time. */
const MOST_BEHIND_MS = 60_000;

/**
 * A live loop decides with what it has seen, and what it has seen is what is logged: an event, a model or a blueprint that came later, or
 * had come and was not read yet, makes a difference in which nothing is wrong. Such a cause is named where what lies on the topics
 * shows it; a cause of features must explain all of the decision's windows at once.
 */
export function withCauses(
  differences: readonly Difference[],
  recomputed: Recomputed,
  sources: EventSources,
  tables: Tables,
): readonly Difference[] {
  const { layout } = recomputed.compiled;
  const windows = new Set(layout.filter(({ feature }) => feature.kind === "window").map(({ name }) => name));
  const causeOfWindows = once(() => causeOfFeatures(recomputed, sources, tables));
  const causeOf: Partial<Record<DifferenceKind, (field: string) => string | null>> = {
    features: (field) => (windows.has(field) ? causeOfWindows() : null),
    model: () => causeOfModel(recomputed, tables),
    blueprint: () => causeOfBlueprint(recomputed, tables),
  };
  return differences.map((one) => ({ ...one, cause: causeOf[one.kind]?.(one.field) ?? null }));
}

/** Of a decision that could not be made again. */
export function withCauseOfGone(differences: readonly Difference[], { goneUntil }: Requests): readonly Difference[] {
  const cause = `can't be compared: requests up to ${iso(goneUntil)} are gone from the topic`;
  return differences.map((one) => (one.kind === "request" && one.decisionTime <= goneUntil ? { ...one, cause } : one));
}

function once<T>(work: () => T): () => T {
  let done: { readonly value: T } | undefined;
  return () => (done ??= { value: work() }).value;
}

interface Candidate {
  readonly events: readonly SourceEvent[];
  readonly cause: string;
}

function causeOfFeatures(recomputed: Recomputed, sources: EventSources, tables: Tables): string | null {
  const { logged, found, compiled } = recomputed;
  const reach = Math.max(0, ...compiled.groups.map(({ retentionMs }) => retentionMs));
  if (logged.decision.decisionTime - reach <= sources.goneUntil) {
    return `can't be compared: its windows reach back to events before ${iso(sources.goneUntil)}, which are gone from the topic`;
  }
  for (const { events, cause } of candidates(recomputed, sources.of(logged), tables)) {
    const windows = windowsOf(
      tables.blueprints,
      events.map(({ record }) => record),
    );
    if (same(featuresOf(logged, found, tables, windows), logged.decision.features)) return cause;
  }
  return null;
}

function* candidates(
  { logged }: Recomputed,
  sources: readonly SourceEvent[],
  { blueprints }: Tables,
): Generator<Candidate> {
  const { decisionTime: time, blueprintVersion, useCase } = logged.decision;
  const intime = sources.filter(({ appendedAfter }) => appendedAfter < time);
  const late = sources.length - intime.length;
  const words = late === 0 ? "" : `${plural(late, "event")} came late, behind events at or after the decision`;
  if (late > 0) yield { events: intime, cause: words };
  for (const cut of cutsOf(intime, time)) {
    const events = intime.filter(({ record }) => record.time < cut);
    const unread = `${plural(intime.length - events.length, "event")} of the last ${time - cut} ms had not been read`;
    yield { events, cause: late === 0 ? unread : `${words}; ${unread}` };
  }
  const since = firstLive(blueprints.get(`${useCase}/${blueprintVersion}`));
  const fresh = intime.filter(({ record }) => record.time > since);
  if (fresh.length < intime.length) {
    const cause = `the version's windows were empty when it went live at ${iso(since)}: ${plural(intime.length - fresh.length, "event")} before that did not count`;
    yield { events: fresh, cause };
  }
}

/** Times from which on nothing may have been read yet, the latest first. */
function cutsOf(sources: readonly SourceEvent[], time: number): readonly number[] {
  const times = new Set(sources.map(({ record }) => record.time).filter((at) => at >= time - MOST_BEHIND_MS));
  return [...times].sort((a, b) => b - a);
}

const firstLive = (record: BlueprintPublished | undefined): number =>
  record?.activations.find(({ live }) => live)?.time ?? Number.NEGATIVE_INFINITY;

function causeOfModel({ logged, production }: Recomputed, { models }: Tables): string | null {
  const { useCase, blueprintVersion, decisionTime, modelId } = logged.decision;
  const since = production?.states.findLast(({ state, time }) => state === "production" && time < decisionTime)?.time;
  if (since === undefined || decisionTime - since > MOST_BEHIND_MS) return null;
  const before = productionModel(models, useCase, blueprintVersion, since);
  if ((before?.modelId ?? null) !== modelId) return null;
  return `${production!.modelId} is in production since ${iso(since)}, ${decisionTime - since} ms before, and had not been read`;
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

function same(a: FeatureVector, b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, at) => Object.is(value, b[at]));
}

const iso = (time: number): string => (Number.isFinite(time) ? new Date(time).toISOString() : "the beginning");
const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;
