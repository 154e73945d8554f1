import { fillWindows, tileExpiry, tileOf, wordNumber, type WindowGroup } from "../blueprints/index.ts";
import { EVICTION_SLACK_MS, eventValues } from "../operators/index.ts";
import type { DecisionRecorded } from "../schemas/index.ts";
import type { EventSources, SourceEvent } from "./event-sources.ts";
import { featuresOf, type Recomputed } from "./recompute.ts";
import type { Tables } from "./source.ts";
import type { VersionStart, VersionStarts } from "./version-starts.ts";
import { windowsOf } from "./window-tiles.ts";

/** A live loop that is further behind than this is a finding, not a cause; ms of event time. */
export const MOST_BEHIND_MS = 60_000;

/** By feature. */
export type WindowCauses = ReadonlyMap<string, string>;

interface Candidate {
  readonly events: readonly SourceEvent[];
  /** Empty: all of them are counted. */
  readonly words: string;
}

const none: WindowCauses = new Map();

/**
 * The causes for windows that differ from the events on the topic. Late or unread events affect all windows at once;
 * events that a window never counted affect its group. Empty if that does not explain all windows together.
 */
export function causesOfWindows(
  recomputed: Recomputed,
  sources: EventSources,
  tables: Tables,
  starts: VersionStarts,
): WindowCauses {
  const { logged, found, compiled } = recomputed;
  const featuresFrom = (events: readonly SourceEvent[]): Pick<Recomputed, "features" | "options"> => {
    const records = events.map(({ record }) => record);
    return featuresOf(logged, found, tables, windowsOf(tables.blueprints, records)) as Recomputed;
  };
  for (const { events, words } of candidates(logged.decision.decisionTime, sources.of(logged))) {
    const { features, options } = words === "" ? recomputed : featuresFrom(events);
    const causes = new Map<string, string>();
    const tell = (field: string, isLate: boolean) => causes.set(field, isLate ? LATE : words);
    if (!areOptionsEqual(recomputed, options, tell)) continue;
    const explained = compiled.groupsOfDecision.every((group) => {
      const own = differsIn(group, recomputed, features)
        ? causeOfGroup(group, recomputed, events, sources, starts)
        : "";
      if (own === undefined) return false;
      const cause = [own, words].filter((each) => each !== "").join("; ");
      for (const { featureIndex } of group.windows) causes.set(compiled.layout[featureIndex]!.name, cause);
      return true;
    });
    if (explained) return causes;
  }
  return none;
}

/**
 * Whether the windows of all logged options are as logged.
 *
 * @param onWindow called for each of them
 */
function areOptionsEqual(
  { logged, compiled }: Recomputed,
  options: Recomputed["options"],
  onWindow: (field: string, isLate: boolean) => void,
): boolean {
  if (compiled.options === null) return true;
  const { slots, groups } = compiled.options;
  const again = new Map(options.map(({ optionId, features }) => [optionId, features]));
  return logged.decision.options.every(({ optionId, features }) =>
    groups.every((group) => {
      const places = group.windows.map(({ featureIndex }) => slots.indexOf(featureIndex));
      const mayBeLate = group.place === "keyed" && places.every((place) => (features[place] ?? null) === null);
      return places.every((place) => {
        onWindow(`${optionId}.${compiled.featureNames[slots[place]!]!}`, mayBeLate);
        return mayBeLate || Object.is(features[place] ?? null, again.get(optionId)?.[place] ?? null);
      });
    }),
  );
}

/** All windows of the key are missing, though its events are there. */
const LATE = "the instance that keeps the events of this key did not answer in time, so its windows are missing";

function differsIn({ windows }: WindowGroup, { logged }: Recomputed, features: readonly unknown[]): boolean {
  return windows.some(({ featureIndex: at }) => !Object.is(features[at] ?? null, logged.decision.features[at] ?? null));
}

function* candidates(time: number, sources: readonly SourceEvent[]): Generator<Candidate> {
  yield { events: sources, words: "" };
  const intime = sources.filter(({ appendedAfter }) => appendedAfter < time);
  const late = sources.length - intime.length;
  const words = late === 0 ? "" : `${plural(late, "event")} came late, behind events at or after the decision`;
  if (late > 0) yield { events: intime, words };
  for (const cut of cutsOf(intime, time)) {
    const events = intime.filter(({ record }) => record.time < cut);
    const unread = `${plural(intime.length - events.length, "event")} of the last ${time - cut} ms had not been read`;
    yield { events, words: late === 0 ? unread : `${words}; ${unread}` };
  }
}

/** Times from which on nothing may have been read yet, the latest first. */
function cutsOf(sources: readonly SourceEvent[], time: number): readonly number[] {
  const times = new Set(sources.map(({ record }) => record.time).filter((at) => at >= time - MOST_BEHIND_MS));
  return [...times].sort((a, b) => b - a);
}

/** The cause for a group whose windows count less than these events; `undefined`: none is known. */
function causeOfGroup(
  group: WindowGroup,
  recomputed: Recomputed,
  events: readonly SourceEvent[],
  { goneUntil }: EventSources,
  starts: VersionStarts,
): string | undefined {
  const { logged, features } = recomputed;
  const time = logged.decision.decisionTime;
  if (group.place === "keyed" && group.windows.every(({ featureIndex: at }) => isMissing(logged.decision.features[at])))
    return LATE;
  const differing = group.windows.filter(
    ({ featureIndex: at }) => !Object.is(features[at] ?? null, logged.decision.features[at] ?? null),
  );
  if (differing.length > 0 && differing.every(({ windowMs }) => time - windowMs <= goneUntil)) {
    return `window not whole: events before ${iso(goneUntil)} are not retained, so it can't be compared`;
  }
  const start = starts.of(recomputed, group);
  const own = events.filter(({ groups }) => groups.has(group.id));
  const begin = start === undefined ? undefined : beginOf(group, recomputed, own, start);
  const isOfLive = begin !== undefined && begin === start?.live;
  const cut = isOfLive ? begin : (forgottenBefore(group, recomputed, own, starts.newestBefore(recomputed)) ?? begin);
  if (cut === undefined) return undefined;
  const uncounted = `${plural(own.filter(({ record }) => record.time < cut).length, "event")} before ${iso(cut)}`;
  if (cut === begin)
    return `the version went live with an empty window at ${iso(start!.live)}: ${uncounted} did not count`;
  const newest = starts.newestBefore(recomputed);
  const why =
    newest === Number.POSITIVE_INFINITY ? "its history was imported" : `decisions of ${iso(newest)} were made`;
  return `the window had been forgotten: ${uncounted} were no longer kept when it was decided, after ${why}`;
}

/**
 * For a decision that came behind records a day newer: windows of former releases had forgotten whole tiles by then.
 * The time before which no event was counted, if that makes the windows equal the logged ones.
 */
function forgottenBefore(
  group: WindowGroup,
  { logged }: Recomputed,
  events: readonly SourceEvent[],
  newest: number,
): number | undefined {
  const { decisionTime } = logged.decision;
  if (newest - decisionTime <= EVICTION_SLACK_MS) return undefined;
  const numbers = sortedNumbers(group, events);
  const stride = 1 + group.fields.length;
  const isLogged = loggedFrom(group, events, numbers, logged.decision);
  for (let at = stride; at <= numbers.length; at += stride) {
    const [before, next] = [tileOf(numbers[at - stride]!, group.tileMs), numbers[at]];
    if (tileExpiry(group, before) >= newest - EVICTION_SLACK_MS) return undefined;
    if (next !== undefined && tileOf(next, group.tileMs) === before) continue;
    if (isLogged(at)) return before + group.tileMs;
  }
  return undefined;
}

/** Whether the windows of the events from a place in `numbers` on are the logged ones. */
function loggedFrom(
  group: WindowGroup,
  events: readonly SourceEvent[],
  numbers: Float64Array,
  { decisionTime, features }: DecisionRecorded,
): (at: number) => boolean {
  const vector = [...features];
  const texts = textsOf(group, events);
  return (at) => {
    const tiles = at >= numbers.length ? [] : [new Uint8Array(numbers.buffer, 8 * at)];
    fillWindows(group, tiles, decisionTime, vector, (value) => texts.get(value)!);
    return group.windows.every(({ featureIndex }) =>
      Object.is(vector[featureIndex] ?? null, features[featureIndex] ?? null),
    );
  };
}

/**
 * The time before which no event of the group was counted, if that gives the logged windows. Of several, the latest
 * that is not behind the version's first decision.
 */
function beginOf(
  group: WindowGroup,
  { logged }: Recomputed,
  events: readonly SourceEvent[],
  { live, decided, cuts }: VersionStart,
): number | undefined {
  const latest = Math.max(live, decided) + MOST_BEHIND_MS;
  const time = logged.decision.decisionTime;
  const numbers = sortedNumbers(group, events);
  const stride = 1 + group.fields.length;
  const isLogged = loggedFrom(group, events, numbers, logged.decision);
  const known = cuts.get(group.stateId);
  if (known !== undefined) {
    let at = 0;
    while (at < numbers.length && numbers[at]! < known) at += stride;
    if (at > 0 && isLogged(at)) return known;
  }
  for (let at = numbers.length; at > 0; at -= stride) {
    const before = numbers[at - stride]!;
    const next = numbers[at] ?? time;
    // Events of one time came together.
    if (before > latest || next === before || !isLogged(at)) continue;
    const cut = live > before && live <= next ? live : before + 1;
    cuts.set(group.stateId, cut);
    return cut;
  }
  return undefined;
}

/** The texts of the categories of these events, by their numbers. */
function textsOf({ fields, words }: WindowGroup, events: readonly SourceEvent[]): ReadonlyMap<number, string> {
  const texts = new Map<number, string>();
  for (const { record } of events) {
    const { attributes } = record.value;
    for (const at of words) {
      const text = fields[at]!.wordOf!(attributes);
      if (text !== null) texts.set(wordNumber(text), text);
    }
  }
  return texts;
}

/**
 * The events in a tile's order: by time, then by their values, missing ones last. Sorted at once, since there may be
 * thousands.
 */
function sortedNumbers(group: WindowGroup, events: readonly SourceEvent[]): Float64Array {
  const rows = events.map(({ record }) => [
    record.time,
    ...eventValues(group, record.value.attributes).map((value) =>
      value !== null && Number.isFinite(value) ? value + 0 : Number.NaN,
    ),
  ]);
  const after = (a: number, b: number): number =>
    Number.isNaN(a) ? (Number.isNaN(b) ? 0 : 1) : Number.isNaN(b) ? -1 : a - b;
  rows.sort((a, b) => {
    for (const [at, one] of a.entries()) {
      const order = after(one, b[at]!);
      if (order !== 0) return order;
    }
    return 0;
  });
  return Float64Array.from(rows.flat());
}

const isMissing = (value: unknown): boolean => value === null || value === undefined;
const iso = (time: number): string => (Number.isFinite(time) ? new Date(time).toISOString() : "the beginning");
const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;
