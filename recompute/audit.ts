import type { WindowBytes } from "../operators/index.ts";
import { withCauseOfGone, withCauses } from "./causes.ts";
import { compareDecision } from "./compare.ts";
import type { Difference, DifferenceKind } from "./difference.ts";
import { readEventSources } from "./event-sources.ts";
import { findRequests, type Requests } from "./find-requests.ts";
import { readLogged, type LoggedDecisions } from "./logged-decisions.ts";
import { featuresOf, recompute } from "./recompute.ts";
import { sampler } from "./sample.ts";
import { readTables, refusedEvents, type RecomputeSource, type Tables } from "./source.ts";
import type { Refused } from "../streams/index.ts";
import { validBlueprints } from "../catalogue/index.ts";
import { readVersionStarts } from "./version-starts.ts";
import { windowTiles } from "./window-tiles.ts";

export interface AuditOptions {
  readonly useCase?: string | undefined;
  /** In (0, 1]. */
  readonly share: number;
  /** Decision times `[from, to)`, ms. */
  readonly from: number;
  readonly to: number;
}

export interface AuditReport {
  readonly share: number;
  /** Decisions in the sample. */
  readonly sampled: number;
  /** Of these, decisions whose request and version were found. */
  readonly recomputed: number;
  /** Decisions with at least one difference. */
  readonly differing: number;
  readonly counts: Readonly<Partial<Record<DifferenceKind, number>>>;
  /** Differences with a known, harmless cause. */
  readonly explained: number;
  /** In the order of the decisions' times. */
  readonly differences: readonly Difference[];
}

/** Most decisions for one reading of the events in search of causes: each holds its events in memory. */
const EXPLAINED_AT_ONCE = 200;

/**
 * Makes a sample of the logged decisions again from the topics and compares. Reads the decisions, their requests and
 * the events once each, however many decisions are in the sample. If features differ, the events and the decisions are
 * read again.
 */
export async function audit(source: RecomputeSource, options: AuditOptions): Promise<AuditReport> {
  const { share, useCase, from, to } = options;
  const tables = await readTables(source);
  const read = await readLogged(source, { useCase, from, to, isWanted: sampler(source.salt, share) });
  const logged = [...read.logged].sort((a, b) => a.decision.decisionTime - b.decision.decisionTime);
  const requests = await findRequests(source, logged);
  const known = validBlueprints(tables.blueprints);
  const ask = (windows: WindowBytes): void => {
    for (const one of logged) {
      const found = requests.of(one);
      const { useCase: name, blueprintVersion } = one.decision;
      if (found !== undefined && known.version(name, blueprintVersion) !== undefined) {
        featuresOf(one, found, tables, windows);
      }
    }
  };
  const refused = await refusedEvents(source);
  const all = await recompute(source, tables, logged, requests, await windowTiles(source, tables, ask, refused));
  const compared = all.map((one) => ({ one, differences: compareDecision(one) }));
  const differing = compared.filter(({ differences }) => differences.length > 0);
  const explained = await explain(source, tables, requests, differing, refused);
  const differences = [...explained, ...unreadable(read, useCase)];
  return {
    share,
    sampled: logged.length + read.unreadable.length,
    recomputed: all.filter((one) => !("gone" in one)).length,
    differing: differing.length + read.unreadable.length,
    counts: countsOf(differences),
    explained: differences.filter(({ cause }) => cause !== null).length,
    differences,
  };
}

type Compared = {
  readonly one: Awaited<ReturnType<typeof recompute>>[number];
  readonly differences: readonly Difference[];
};

async function explain(
  source: RecomputeSource,
  tables: Tables,
  requests: Requests,
  differing: readonly Compared[],
  refused: Refused,
): Promise<readonly Difference[]> {
  const featuresDiffer = ({ differences }: Compared): boolean => differences.some(({ kind }) => kind === "features");
  const asked = differing.filter(featuresDiffer).flatMap(({ one }) => ("gone" in one ? [] : [one]));
  const starts = await readVersionStarts(source, tables, asked);
  const explained: Difference[] = [];
  for (let from = 0; from < differing.length; from += EXPLAINED_AT_ONCE) {
    const some = differing.slice(from, from + EXPLAINED_AT_ONCE);
    const queries = some.filter(featuresDiffer).flatMap(({ one }) => ("gone" in one ? [] : [one]));
    const sources = await readEventSources(source, queries, refused);
    for (const { one, differences } of some) {
      if ("gone" in one) explained.push(...withCauseOfGone(differences, requests));
      else explained.push(...withCauses(differences, one, sources, tables, starts));
    }
  }
  return explained;
}

function unreadable(read: LoggedDecisions, useCase: string | undefined): readonly Difference[] {
  return read.unreadable.map(({ decisionId, time, reason }) => ({
    decisionId,
    useCase: useCase ?? "",
    decisionTime: time,
    kind: "record",
    field: "record",
    logged: reason,
    recomputed: null,
    cause: null,
  }));
}

function countsOf(differences: readonly Difference[]): AuditReport["counts"] {
  const counts: Partial<Record<DifferenceKind, number>> = {};
  for (const { kind } of differences) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
