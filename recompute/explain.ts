import {
  computationOf,
  formatDuration,
  contextOf,
  requestKey,
  versionAsOf,
  type CompiledBlueprint,
  type PolicyTrace,
} from "../blueprints/index.ts";
import { validBlueprints } from "../catalogue/index.ts";
import { stateKey, type RowBytes } from "../operators/index.ts";
import type { DecisionRecorded, ModelRecorded } from "../schemas/index.ts";
import { ownValue, type Origin } from "../streams/index.ts";
import { withCauseOfGone, withCauses } from "./causes.ts";
import { compareDecision } from "./compare.ts";
import type { Difference } from "./difference.ts";
import { readEventSources, type SourceEvent } from "./event-sources.ts";
import { explainedOptions, policyTrace, type ExplainedOption } from "./explain-options.ts";
import { findRequests, type FoundRequest } from "./find-requests.ts";
import { findLogged, type LoggedDecision } from "./logged-decisions.ts";
import { recompute, type Recomputed } from "./recompute.ts";
import { readTables, refusedEvents, type RecomputeSource } from "./source.ts";
import { readVersionStarts } from "./version-starts.ts";
import { windowsOf } from "./window-tiles.ts";

/** An event's own time, ms, and its place. */
export interface EventPlace {
  readonly time: number;
  readonly origin: Origin;
}

/** The source of a feature's value. */
export type FeatureSource =
  | { readonly kind: "context"; /** Of the context. */ readonly entry: string }
  | {
      readonly kind: "features";
      /** Those, and the entries of the context, that it is made of. */ readonly names: readonly string[];
    }
  | {
      readonly kind: "table";
      readonly table: string;
      readonly field: string;
      /** Null: the decision does not tell which row. */
      readonly key: string | null;
      /** Since when the row's version is valid, ms; null: there was no row. */
      readonly validFrom: number | null;
    }
  | {
      readonly kind: "events";
      readonly event: string;
      /** Null: the request does not tell whose events. */
      readonly key: string | null;
      readonly window: string;
      /** Number of events in the window, even with a missing value. */
      readonly count: number;
      readonly oldest: EventPlace | null;
      readonly newest: EventPlace | null;
    };

export interface ExplainedFeature {
  readonly name: string;
  readonly logged: number | string | null;
  readonly recomputed: number | string | null;
  readonly source: FeatureSource;
}

export interface WhichDecision {
  readonly time?: number | undefined;
  readonly useCase?: string | undefined;
}

export interface Explanation {
  readonly logged: LoggedDecision;
  /**
   * Records of this decision id: several if several use cases have it, or if it was decided anew after the answer was
   * forgotten.
   */
  readonly records: number;
  readonly request: Origin | null;
  /** Models and versions that came after the decision. */
  readonly later: { readonly versions: number; readonly models: number };
  readonly model: ModelRecorded | null;
  readonly features: readonly ExplainedFeature[];
  readonly predictions: readonly {
    readonly name: string;
    readonly logged: number | null;
    readonly recomputed: number | null;
  }[];
  /** Of the record, in its order. */
  readonly options: readonly ExplainedOption[];
  /** Values of the policy's parameters: those it was made by, and those that were valid at its time. */
  readonly parameters: readonly {
    readonly name: string;
    readonly logged: number | null;
    readonly recomputed: number | null;
  }[];
  readonly policy: readonly PolicyTrace[];
  readonly seed: { readonly logged: string; readonly recomputed: string } | null;
  /** Every event that a feature was counted from lies before the decision. */
  readonly sourcesBefore: boolean;
  readonly differences: readonly Difference[];
  readonly equal: boolean;
}

/**
 * One decision made again, with all its sources. `undefined`: there is no such decision.
 *
 * @param which of several decisions under the id: made at this time, ms, in this use case; absent: the first
 */
export async function explainDecision(
  source: RecomputeSource,
  decisionId: string,
  { time, useCase }: WhichDecision = {},
): Promise<Explanation | undefined> {
  const records = await findLogged(source, decisionId);
  const logged = records.find(
    ({ decision }) =>
      (time === undefined || decision.decisionTime === time) && (useCase === undefined || decision.useCase === useCase),
  );
  if (logged === undefined) return undefined;
  const tables = await readTables(source);
  const requests = await findRequests(source, [logged]);
  const found = requests.of(logged);
  const compiled = validBlueprints(tables.blueprints).version(
    logged.decision.useCase,
    logged.decision.blueprintVersion,
  );
  const queries = found === undefined || compiled === undefined ? [] : [{ logged, found, compiled }];
  const sources = await readEventSources(source, queries, await refusedEvents(source));
  const windows = windowsOf(
    tables.blueprints,
    sources.of(logged).map(({ record }) => record),
  );
  const [again] = await recompute(source, tables, [logged], requests, windows);
  const later = {
    versions: countWhere(
      tables.blueprints.values(),
      ({ useCase, activations }) =>
        useCase === logged.decision.useCase &&
        activations.some(({ live, time }) => live && time >= logged.decision.decisionTime),
    ),
    models: countWhere(
      tables.models.values(),
      ({ useCase, provenance }) =>
        useCase === logged.decision.useCase && provenance.until >= logged.decision.decisionTime,
    ),
  };
  const base = { logged, records: records.length, request: found?.origin ?? null, later };
  const compared = compareDecision(again!);
  if ("gone" in again!) {
    const nothing = {
      model: null,
      features: [],
      predictions: [],
      parameters: [],
      options: [],
      policy: [],
      seed: null,
      sourcesBefore: false,
    };
    return { ...base, ...nothing, differences: withCauseOfGone(compared, requests), equal: false };
  }
  const differ = compared.some(({ kind }) => kind === "features");
  const starts = await readVersionStarts(source, tables, differ ? [again!] : []);
  const differences = withCauses(compared, again!, sources, tables, starts);
  const features = featuresWith(again!, sources.of(logged), tables.rows);
  return {
    ...base,
    model: again!.model ?? null,
    features,
    predictions: predictionsOf(again!),
    parameters: Object.entries(again!.params).map(([name, value]) => ({
      ...{ name, logged: ownValue(logged.decision.parameters, name) ?? null, recomputed: value },
    })),
    options: explainedOptions(again!),
    policy: policyTrace(again!),
    seed: { logged: logged.decision.seed, recomputed: again!.decision.seed },
    sourcesBefore: features.every(({ source: from }) => from.kind !== "events" || isBefore(from.newest, logged)),
    differences,
    equal: differences.length === 0,
  };
}

function featuresWith(
  { logged, found, compiled, features }: Recomputed,
  events: readonly SourceEvent[],
  rows: RowBytes,
): ExplainedFeature[] {
  const { decision } = logged;
  const windows = new Map(
    compiled.groups.flatMap((group) => group.windows.map((window) => [window.featureIndex, { group, window }])),
  );
  const ofDecision = compiled.layout.filter(({ index }) => compiled.options?.slots.includes(index) !== true);
  return ofDecision.map(({ name, index, feature }) => {
    const values = { name, logged: decision.features[index] ?? null, recomputed: features[index] ?? null };
    const of = windows.get(index);
    const computed = computationOf(feature);
    if (computed.from === "features") {
      const names = [...computed.names, ...(computed.entries ?? [])];
      return { ...values, source: { kind: "features", names } };
    }
    if (computed.from === "context") return { ...values, source: { kind: "context", entry: computed.entry } };
    if (computed.from === "table") return { ...values, source: rowSource(index, compiled, found, decision, rows) };
    const { group, window } = of!;
    const from = decision.decisionTime - window.windowMs + (window.open ? 1 : 0);
    const inside = events
      .filter(({ groups, record }) => groups.has(group.id) && record.time >= from)
      .map(({ record }): EventPlace => ({ time: record.time, origin: record.origin }))
      .sort((a, b) => a.time - b.time);
    return {
      ...values,
      source: {
        kind: "events",
        event: group.event,
        key: requestKey(group, found.request),
        window: formatDuration(window.windowMs),
        count: inside.length,
        oldest: inside[0] ?? null,
        newest: inside.at(-1) ?? null,
      },
    };
  });
}

/** The row is found by the logged features, as the value was compared from them. */
function rowSource(
  index: number,
  compiled: CompiledBlueprint,
  { request }: FoundRequest,
  { features, decisionTime }: DecisionRecorded,
  rows: RowBytes,
): FeatureSource {
  const of = compiled.lookups.find(({ columns }) => columns.some((column) => column.index === index))!;
  const { table, field } = of.columns.find((column) => column.index === index)!.lookup;
  const key = of.key([...features], contextOf(compiled, request));
  const row = key === null ? undefined : rows.get(stateKey(table, key));
  const version = row === undefined ? undefined : versionAsOf(row, decisionTime);
  return { kind: "table", table, field, key, validFrom: version?.values ? version.validFrom : null };
}

function predictionsOf({ logged, predictions }: Recomputed): Explanation["predictions"] {
  const names = new Set([...Object.keys(logged.decision.predictions), ...Object.keys(predictions)]);
  return [...names].map((name) => ({
    name,
    logged: ownValue(logged.decision.predictions, name) ?? null,
    recomputed: ownValue(predictions, name) ?? null,
  }));
}

const isBefore = (newest: EventPlace | null, { decision }: LoggedDecision): boolean =>
  newest === null || newest.time < decision.decisionTime;

function countWhere<T>(all: Iterable<T>, is: (one: T) => boolean): number {
  let count = 0;
  for (const one of all) if (is(one)) count++;
  return count;
}
