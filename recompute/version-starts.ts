import type { WindowGroup } from "../blueprints/index.ts";
import { validBlueprints } from "../catalogue/index.ts";
import { decisions } from "../schemas/index.ts";
import { readTopic, SOURCE_HEADER, type Origin } from "../streams/index.ts";
import type { Recomputed } from "./recompute.ts";
import type { RecomputeSource, Tables } from "./source.ts";

/** The start of a version; ms of event time. */
export interface VersionStart {
  /** Its first activation. */
  readonly live: number;
  /** Its first decision on the topic. */
  readonly decided: number;
  /**
   * By state id, the time before which events did not count in another of its decisions, which is the same in most; ms.
   */
  readonly cuts: Map<string, number>;
}

export interface VersionStarts {
  /**
   * The start of the decision's version, if it brought the group: no version that went live before has the same
   * windows.
   */
  of(recomputed: Pick<Recomputed, "logged">, group: WindowGroup): VersionStart | undefined;
  /**
   * The newest time of the decisions that lie before it on its partition, ms: windows may have forgotten what they no longer needed then. `Infinity` for
   * one of a feed of history, whose events may have come long before it.
   */
  newestBefore(recomputed: Pick<Recomputed, "logged" | "found">): number;
}

/** For these decisions, in one reading of the topic. */
export async function readVersionStarts(
  { backbone, serdes }: RecomputeSource,
  tables: Tables,
  all: readonly Pick<Recomputed, "logged" | "found">[],
): Promise<VersionStarts> {
  const nameOf = ({ useCase, blueprintVersion }: { useCase: string; blueprintVersion: string }): string =>
    `${useCase}/${blueprintVersion}`;
  const decided = new Map(all.map(({ logged }) => [nameOf(logged.decision), Number.POSITIVE_INFINITY]));
  const live = liveSince(tables);
  const asked = new Set(all.map(({ logged }) => placeOf(logged.origin)));
  const newest = new Map<string, number>();
  if (decided.size > 0) {
    const lives = [...decided.keys()].map((name) => live.get(name) ?? 0);
    const from = all.reduce((least, { logged }) => Math.min(least, logged.decision.decisionTime), Math.min(...lives));
    const isWanted = ({ timestamp }: { timestamp: number }): boolean => timestamp >= from;
    const byPartition = new Map<number, number>();
    for await (const { value, origin } of readTopic(backbone, serdes, decisions, {
      isWanted,
      onBad: () => undefined,
    })) {
      const before = byPartition.get(origin.partition) ?? Number.NEGATIVE_INFINITY;
      if (asked.has(placeOf(origin))) newest.set(placeOf(origin), before);
      byPartition.set(origin.partition, Math.max(before, value.decisionTime));
      const name = nameOf(value);
      const first = decided.get(name);
      if (first !== undefined && value.decisionTime < first) decided.set(name, value.decisionTime);
    }
  }
  const brought = firstOfGroups(tables, live);
  const cuts = new Map([...decided.keys()].map((name) => [name, new Map<string, number>()]));
  return {
    of({ logged }, { stateId }) {
      const name = nameOf(logged.decision);
      const since = live.get(name);
      if (since === undefined || (brought.get(stateId) ?? since) < since) return undefined;
      return { live: since, decided: decided.get(name) ?? since, cuts: cuts.get(name) ?? new Map() };
    },
    newestBefore({ logged, found }) {
      if (found.headers[SOURCE_HEADER] !== undefined) return Number.POSITIVE_INFINITY;
      return newest.get(placeOf(logged.origin)) ?? Number.NEGATIVE_INFINITY;
    },
  };
}

/** By use case and version: the time at which it first went live, ms. */
function liveSince({ blueprints }: Tables): ReadonlyMap<string, number> {
  const since = new Map<string, number>();
  for (const { useCase, version, activations } of blueprints.values()) {
    const first = activations.find(({ live }) => live);
    if (first !== undefined) since.set(`${useCase}/${version}`, first.time);
  }
  return since;
}

/** By state id: the time at which the first version with such windows went live, ms. */
function firstOfGroups({ blueprints }: Tables, live: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const { blueprint, groups } of validBlueprints(blueprints).all()) {
    const since = live.get(`${blueprint.useCase}/${blueprint.version}`);
    if (since === undefined) continue;
    for (const { stateId } of groups) first.set(stateId, Math.min(since, first.get(stateId) ?? since));
  }
  return first;
}

const placeOf = ({ partition, offset }: Origin): string => `${partition}@${offset}`;
