import { kindOf, nearest, TableProfile, type Sample } from "../../blueprints/index.ts";
import {
  decisionRequests,
  DomainError,
  events,
  observations,
  type DecisionRequested,
  type EventRecorded,
  type ObservationRecorded,
} from "../../schemas/index.ts";
import { streamsLimits, type StreamRecord, type TopicTools } from "../../streams/index.ts";
import { HistoryError } from "../history/history-error.ts";
import type { HistoryColumns } from "../history/lines/records.ts";
import { Newest } from "./newest.ts";
import { HELD_FOR_EACH, type ReadSample } from "./read-sample.ts";
import { TopicRecords, type ReadOfTopic } from "./topic-records.ts";
import { unitColumn } from "./unit-column.ts";

/** Names that no entry of a context that a blueprint can declare has. */
const COLUMNS = {
  ...{ decisionId: "\0decision id", decisionTime: "\0decision time", observationTime: "\0observation time" },
  action: "logged action",
} as const;

type Tools = Pick<TopicTools, "backbone" | "serdes">;
type Values = Readonly<Record<string, string | number | boolean | null>>;

export interface TopicSampleOptions {
  readonly useCase: string;
  /** Entries of the context that make the unit, joined by +. Absent: the entry that always is it, if there is one. */
  readonly unit: string | undefined;
  /** How many of the newest decisions are held. */
  readonly most: number;
  /** Entries whose numbers are times in ms. */
  readonly times: ReadonlySet<string>;
  /** This machine's clock, ms. */
  readonly now: number;
}

export interface TopicSample extends ReadSample {
  /** Decisions, observations, events. */
  readonly read: readonly [ReadOfTopic, ReadOfTopic, ReadOfTopic];
  /** Requests of the sample that were sent again. */
  readonly repeated: number;
}

/**
 * Reads the topics of a loop once to their ends. Statistics are of all records of the use case; the newest decisions are
 * held, with the observations and events that belong to their time. Throws a `HistoryError` if a topic has none, and
 * `UNKNOWN_USE_CASE` with the nearest name.
 */
export async function readTopics(tools: Tools, options: TopicSampleOptions): Promise<TopicSample> {
  const latest = options.now + streamsLimits.maxFutureMs;
  const requests = await readRequests(tools, options, latest);
  const observed = await readObservations(tools, options.useCase, requests, latest);
  const happened = await readEvents(tools, requests, observed, latest);
  const { decisions: held, logged } = requests;
  const unit = unitColumn(held, options.unit, requests.profile);
  const decisions = held.map(({ time, unit: own, cells }) => ({ time, cells, unit: unit === undefined ? null : own }));
  const columns: HistoryColumns = {
    ...COLUMNS,
    unit,
    action: logged ? COLUMNS.action : undefined,
  };
  return {
    columns,
    decisions: requests.profile,
    observations: observed.profile,
    events: happened.sample.length === 0 && happened.profile.lines === 0 ? undefined : happened.profile,
    sample: { decisions, observations: observed.sample, events: happened.sample },
    read: [requests.counts, observed.counts, happened.counts],
    repeated: requests.repeated,
  };
}

interface Requests {
  readonly profile: TableProfile;
  readonly decisions: readonly HeldDecision[];
  /** The place of each in the sample. */
  readonly places: ReadonlyMap<string, number>;
  readonly most: number;
  readonly logged: boolean;
  readonly repeated: number;
  readonly counts: ReadOfTopic;
}

interface HeldDecision {
  readonly id: string;
  readonly unit: string;
  readonly time: number;
  readonly cells: Values;
  readonly origin: StreamRecord<unknown>["origin"];
}

async function readRequests(
  tools: Tools,
  { useCase, most, times }: TopicSampleOptions,
  latest: number,
): Promise<Requests> {
  const profile = new TableProfile();
  const newest = new Newest<HeldDecision>(most);
  const records = new TopicRecords(decisionRequests);
  const others = new Set<string>();
  let logged = false;
  for await (const record of records.read(tools, latest)) {
    const { value, time, origin } = record;
    if (value.useCase !== useCase) {
      if (others.size < MOST_NAMED) others.add(value.useCase);
      continue;
    }
    records.use(record);
    const context = withTimes(value.context, times);
    const cells = value.logged === null ? context : { ...context, [COLUMNS.action]: value.logged.value };
    logged ||= value.logged !== null;
    profile.add(cells);
    newest.add({ id: value.decisionId, unit: value.unit, time, cells, origin });
  }
  const all = newest.all();
  if (all.length === 0) throw noRequest(useCase, [...others], records.counts(0));
  const places = new Map<string, number>();
  // A request that is sent again is the same decision.
  const decisions = all.filter(({ id }) => !places.has(id) && places.set(id, places.size));
  const repeated = all.length - decisions.length;
  return { profile, decisions, places, most, logged, repeated, counts: records.counts(decisions.length) };
}

const MOST_NAMED = 100;

function noRequest(useCase: string, others: readonly string[], { topic, records, unreadable }: ReadOfTopic): Error {
  if (others.length === 0) {
    const bad = unreadable === 0 ? "" : ` that can be read, and ${unreadable} that can't`;
    return new HistoryError(
      `${topic}: there is no request on the topic${bad}. Send requests first, or give files: --decisions and --observations`,
    );
  }
  const guess = nearest(useCase, others);
  return new DomainError(
    "UNKNOWN_USE_CASE",
    `${topic}: none of its ${records} requests is of use case "${useCase}"` +
      (guess === null ? `; they are of ${others.slice(0, 10).join(", ")}` : `: did you mean ${guess}?`),
  );
}

/** Declared times are numbers on the topic; a column of numbers would be taken for one. */
function withTimes(context: DecisionRequested["context"], times: ReadonlySet<string>): Values {
  let cells: Record<string, Values[string]> | undefined;
  for (const name of times) {
    const cell = Object.hasOwn(context, name) ? context[name] : undefined;
    if (typeof cell === "number" && Math.abs(cell) <= MOST_TIME)
      (cells ??= { ...context })[name] = new Date(cell).toISOString();
  }
  return cells ?? context;
}

const MOST_TIME = 8_640_000_000_000_000;

interface Observed {
  readonly profile: TableProfile;
  readonly sample: Sample["observations"];
  /** Of the sample, as `markOf` has them. */
  readonly marks: ReadonlySet<string>;
  readonly counts: ReadOfTopic;
}

/** One without a use case belongs to the decisions of its id in every one: known of the sample alone. */
async function readObservations(
  tools: Tools,
  useCase: string,
  { places, most }: Requests,
  latest: number,
): Promise<Observed> {
  const profile = new TableProfile();
  const records = new TopicRecords(observations);
  const newest = new Newest<Sample["observations"][number] & Held>(HELD_FOR_EACH * most);
  const seen = new Set<string>();
  for await (const record of records.read(tools, latest)) {
    const { value, time, origin } = record;
    const decision = places.get(value.decisionId);
    if (value.useCase === "" ? decision === undefined : value.useCase !== useCase) continue;
    // An activation alone observes nothing.
    if (value.activation && Object.keys(value.values).length === 0) continue;
    if (decision !== undefined && isRepeated(value, seen, HELD_FOR_EACH * most)) continue;
    records.use(record);
    const kind = kindOf(value.values);
    profile.add(value.values, kind);
    if (decision !== undefined) newest.add({ decision, time, kind, cells: value.values, origin, id: value.decisionId });
  }
  const all = newest.all();
  const counts = records.counts(all.length);
  if (counts.used === 0)
    throw new HistoryError(
      `${counts.topic}: none of its ${counts.records} observations is of use case "${useCase}": there is no label to learn. ` +
        "Send observations of the decisions first",
    );
  const marks = new Set(all.flatMap(({ id, time, kind }) => (kind === null ? [] : [markOf(id, time, kind)])));
  const sample = all.map(({ decision, time, kind, cells }) => ({ decision, time, kind, cells }));
  return { profile, sample, marks, counts };
}

interface Held {
  readonly id: string;
  readonly origin: StreamRecord<unknown>["origin"];
}

/** The same id sent again counts once, for as many as are remembered. */
function isRepeated({ decisionId, observationId }: ObservationRecorded, seen: Set<string>, most: number): boolean {
  if (observationId === "") return false;
  const name = JSON.stringify([decisionId, observationId]);
  if (seen.has(name)) return true;
  if (seen.size < most) seen.add(name);
  return false;
}

/**
 * The events up to the last decision of the sample. An observation with a kind is an event on the topic, too; those of
 * the sample are left out here.
 */
async function readEvents(
  tools: Tools,
  { decisions, most }: Requests,
  { marks }: Observed,
  latest: number,
): Promise<{
  readonly profile: TableProfile;
  readonly sample: Sample["events"];
  readonly counts: ReadOfTopic;
}> {
  const profile = new TableProfile();
  const records = new TopicRecords(events);
  const newest = new Newest<Sample["events"][number] & Held>(HELD_FOR_EACH * most);
  const until = decisions.at(-1)!.time;
  for await (const record of records.read(tools, latest)) {
    const { key, value, time, origin } = record;
    const { kind, attributes }: EventRecorded = value;
    if (marks.has(markOf(key, time, kind))) continue;
    records.use(record);
    profile.add(attributes, kind);
    if (time <= until) newest.add({ id: "", time, kind, cells: attributes, origin });
  }
  const sample = newest.all().map(({ time, kind, cells }) => ({ time, kind, cells }));
  return { profile, sample, counts: records.counts(sample.length) };
}

/** Names the event that an observation also is: its key is the decision's id. */
const markOf = (id: string, time: number, kind: string): string => JSON.stringify([id, time, kind]);
