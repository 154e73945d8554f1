import {
  contextOf,
  groupKey,
  optionContext,
  optionsOf,
  requestKey,
  type CompiledBlueprint,
  type WindowGroup,
} from "../blueprints/index.ts";
import { events, type EventRecorded } from "../schemas/index.ts";
import { isEventTime, readTopic, type RawRecord, type Refused, type StreamRecord } from "../streams/index.ts";
import type { FoundRequest } from "./find-requests.ts";
import type { LoggedDecision } from "./logged-decisions.ts";
import type { RecomputeSource } from "./source.ts";

/** An event that a window of a decision may look back on. */
export interface SourceEvent {
  readonly record: StreamRecord<EventRecorded>;
  /** Newest event time before it in its partition, ms: it was appended after that. */
  readonly appendedAfter: number;
  /** Ids of the window groups that it belongs to. */
  readonly groups: ReadonlySet<string>;
}

/** The data of a recomputed decision that find its events. */
export interface EventQuery {
  readonly logged: LoggedDecision;
  readonly found: FoundRequest;
  readonly compiled: CompiledBlueprint;
}

interface Look {
  readonly logged: LoggedDecision;
  readonly group: WindowGroup;
  readonly key: string;
  readonly time: number;
}

export interface EventSources {
  readonly of: (logged: LoggedDecision) => readonly SourceEvent[];
  /** Events at or before this time may be gone from the topic; `-Infinity` if it still has its beginning. */
  readonly goneUntil: number;
}

/**
 * For each decision the events strictly before it, with its keys and within the reach of its windows, in the order of
 * the topic; in one reading. For few decisions: every event is held beside each of them.
 */
export async function readEventSources(
  { backbone, serdes }: RecomputeSource,
  queries: readonly EventQuery[],
  refused: Refused,
): Promise<EventSources> {
  const looks = queries.flatMap(looksOf);
  const byKind = Map.groupBy(lookTables(looks), ({ group }) => group.event);
  const found = new Map<LoggedDecision, SourceEvent[]>(queries.map(({ logged }) => [logged, []]));
  const of = (logged: LoggedDecision): readonly SourceEvent[] => found.get(logged) ?? [];
  let goneUntil = Number.NEGATIVE_INFINITY;
  if (looks.length === 0) return { of, goneUntil };
  const cut = new Set(
    (await backbone.offsets([events.name])).filter(({ start }) => start > 0).map(({ partition }) => partition),
  );
  const from = Math.min(...looks.map(({ time, group }) => time - group.retentionMs));
  const to = Math.max(...looks.map(({ time }) => time));
  const newest = new Map<number, number>();
  const shared = sharedSets();
  const isWanted = ({ partition, offset, timestamp }: RawRecord): boolean => {
    if (!isEventTime(timestamp) || refused.has(events.name, partition, offset)) return false;
    if (cut.delete(partition)) goneUntil = Math.max(goneUntil, timestamp);
    if (timestamp >= from && timestamp < to) return true;
    newest.set(partition, Math.max(timestamp, newest.get(partition) ?? timestamp));
    return false;
  };
  for await (const record of readTopic(backbone, serdes, events, { isWanted, onBad: () => undefined })) {
    const { partition } = record.origin;
    const appendedAfter = newest.get(partition) ?? Number.NEGATIVE_INFINITY;
    newest.set(partition, Math.max(record.time, appendedAfter));
    const { kind, attributes } = record.value;
    const matching = (byKind.get(kind) ?? []).flatMap(({ group, byKey }) => {
      const own = byKey.get(groupKey(group, attributes) ?? "") ?? [];
      return own.filter((look) => record.time < look.time && record.time >= look.time - look.group.retentionMs);
    });
    for (const [logged, groups] of Map.groupBy(matching, (look) => look.logged)) {
      found.get(logged)!.push({ record, appendedAfter, groups: shared(groups.map(({ group }) => group.id)) });
    }
  }
  return { of, goneUntil };
}

/** One set for all events of the same groups: there may be millions of events beside decisions. */
function sharedSets(): (ids: readonly string[]) => ReadonlySet<string> {
  const sets = new Map<string, ReadonlySet<string>>();
  return (ids) => {
    const name = ids.join();
    let set = sets.get(name);
    if (set === undefined) sets.set(name, (set = new Set(ids)));
    return set;
  };
}

/** Searches with the same key of their event. */
interface LookTable {
  readonly group: WindowGroup;
  readonly byKey: ReadonlyMap<string, readonly Look[]>;
}

function lookTables(looks: readonly Look[]): readonly LookTable[] {
  return [...Map.groupBy(looks, ({ group }) => group.id).values()].map((some) => ({
    group: some[0]!.group,
    byKey: Map.groupBy(some, ({ key }) => key),
  }));
}

function looksOf({ logged, found, compiled }: EventQuery): readonly Look[] {
  const { request } = found;
  const look = (group: WindowGroup, of: Parameters<typeof requestKey>[1]): readonly Look[] => {
    const key = requestKey(group, of);
    return key === null ? [] : [{ logged, group, key, time: logged.decision.decisionTime }];
  };
  const own = compiled.groupsOfDecision.flatMap((group) => look(group, request));
  const { options } = compiled;
  if (options === null || options.groups.length === 0) return own;
  const shared = contextOf(compiled, request);
  const ofOptions = optionsOf(request.candidates, options).flatMap((option) => {
    const asked = { context: optionContext(shared, option, options), unit: request.unit };
    return options.groups.flatMap((group) => look(group, asked));
  });
  return [...own, ...ofOptions];
}
