import { formatDuration } from "../../blueprints/index.ts";
import type { ValidBlueprints } from "../../catalogue/index.ts";
import { decisionRequests, events } from "../../schemas/index.ts";
import {
  isEventTime,
  readRaw,
  readTopic,
  type Backbone,
  type Pacing,
  type RawRecord,
  type Refused,
  type Serdes,
} from "../../streams/index.ts";
import { holesOf, Needs, totalOf, type Need } from "./needs.ts";

export interface Looked {
  readonly backbone: Backbone;
  readonly serdes: Serdes;
  readonly known: ValidBlueprints;
  readonly useCase: string;
  /** Makes every decision. Absent: the version that was live at its time does. */
  readonly blueprintVersion?: string | undefined;
  /** Decision times `[from, to)`, ms, and the farthest look back of any window. */
  readonly from: number;
  readonly to: number;
  readonly windowMs: number;
  readonly refused: Refused;
  readonly pacing?: Pacing | undefined;
}

/** Records between two rests. */
const PIECE = 256;

/**
 * The features that can't be computed from the records on the topics: one line for each reason, with the remedy. Reads
 * the requests and events of the time once.
 */
export async function missingFeatures(looked: Looked): Promise<readonly string[]> {
  const needs = await askedFor(looked);
  await lookAtEvents(looked, needs);
  const since = await retainedSince(looked);
  return needs.flatMap((each) => {
    const { useCase, version } = each.compiled.blueprint;
    const lines = [...unsent(each), ...each.all.flatMap((need) => uncarried(need, each)), ...trimmed(each, since)];
    return needs.length === 1 ? lines : lines.map((line) => `${useCase}/${version}: ${line}`);
  });
}

/** The needs of each version's decisions. */
async function askedFor(looked: Looked): Promise<readonly Needs[]> {
  const { backbone, serdes, known, useCase, blueprintVersion, from, to } = looked;
  const needs = new Map<string, Needs>();
  const isWanted = wantedFrom(looked, from, to);
  const rest = resting(looked);
  for await (const { value, time } of readTopic(backbone, serdes, decisionRequests, { isWanted, onBad: passedOver })) {
    await rest();
    if (value.useCase !== useCase) continue;
    const live = known.at(useCase, time);
    const version = blueprintVersion ?? live?.blueprint.version;
    const compiled = version === undefined ? undefined : known.version(useCase, version);
    if (version === undefined || compiled === undefined) continue;
    let of = needs.get(version);
    if (of === undefined) needs.set(version, (of = new Needs(compiled)));
    of.asks(value, time, live);
  }
  return [...needs.values()];
}

async function lookAtEvents(looked: Looked, needs: readonly Needs[]): Promise<void> {
  const { backbone, serdes, from, to, windowMs } = looked;
  if (needs.every(({ all }) => all.length === 0)) return;
  const isWanted = wantedFrom(looked, from - windowMs, to);
  const rest = resting(looked);
  for await (const { value, time } of readTopic(backbone, serdes, events, { isWanted, onBad: passedOver })) {
    await rest();
    for (const of of needs) of.happened(value, time);
  }
}

/** Event time since which all events are there, ms. `Infinity`: every partition with events has lost some. */
async function retainedSince({ backbone }: Looked): Promise<number> {
  let since = Number.NEGATIVE_INFINITY;
  if ((await backbone.partitions(events.name)) === undefined) return since;
  for (const { partition, start, end } of await backbone.offsets([events.name])) {
    if (start === 0) continue;
    let oldest = Number.POSITIVE_INFINITY;
    const ranges = [{ partition, from: start, to: end }];
    for await (const records of readRaw(backbone, events.name, { ranges }))
      for (const { timestamp } of records) if (isEventTime(timestamp)) oldest = Math.min(oldest, timestamp);
    since = Math.max(since, oldest);
  }
  return since;
}

/** A new entry of the context has no history: requests of other versions carry only their own entries. */
function unsent({ compiled, added, unseen, unasked, requests }: Needs): readonly string[] {
  const none = `none of the ${requests} requests of ${compiled.blueprint.useCase} carries`;
  const remedy =
    "the requests of that time can't be completed; import a history that has it into a place of its own, and replay there";
  const values = [...unseen].filter((name) => added.has(name));
  const keys = [...unasked].map(({ features, what }) => ({ of: features.filter((name) => added.has(name)), what }));
  return [
    ...(values.length === 0 ? [] : [`${list(values)}: ${none} a value that fits; ${remedy}`]),
    ...keys.filter(({ of }) => of.length > 0).map(({ of, what }) => `${list(of)}: ${none} ${what}; ${remedy}`),
  ];
}

function uncarried(need: Need, { added, unasked }: Needs): readonly string[] {
  const { kind, features, what } = need;
  // Without a key there is no window to look into.
  const isMoot = (name: string): boolean => [...unasked].some((other) => other.features.includes(name));
  if (features.every(isMoot)) return [];
  const { total, carrying } = totalOf(need);
  if (total === 0) {
    const of = features.filter((name) => added.has(name));
    if (of.length === 0 || need.by === null) return [];
    return [`${list(of)}: there is no event of kind ${kind} on ${events.name} for these decisions; import or log them`];
  }
  const remedy =
    "events imported by earlier releases carry only the fields that the windows of that day needed: import the history into a place of its own, and replay there";
  if (carrying === 0)
    return [`${list(features)}: none of the ${total} events of kind ${kind} carries ${what}; ${remedy}`];
  const holes = holesOf(need);
  if (holes.length === 0) return [];
  const [first, last] = [holes[0]!, holes.at(-1)!].map((time) => new Date(time).toISOString().slice(0, 10));
  return [
    `${list(features)}: on ${holes.length} days from ${first} to ${last} no event of kind ${kind} carries ${what}, on others they do; ${remedy}`,
  ];
}

/** A window is whole for decisions at least its width after the oldest event that is left. */
function trimmed({ compiled, first }: Needs, since: number): readonly string[] {
  const lines: string[] = [];
  const windows = compiled.groups.flatMap((group) => group.windows);
  const short = windows
    .filter(({ windowMs }) => first - windowMs < since)
    .sort((a, b) => a.featureIndex - b.featureIndex);
  for (const [windowMs, of] of Map.groupBy(short, (window) => window.windowMs)) {
    const names = list(of.map(({ featureIndex }) => compiled.layout[featureIndex]!.name));
    if (since === Number.POSITIVE_INFINITY) {
      lines.push(`${names}: the events that it looks back on are gone from ${events.name}; import the history anew`);
      continue;
    }
    const whole = new Date(since + windowMs).toISOString();
    lines.push(
      `${names}: ${events.name} keeps events since ${new Date(since).toISOString()}, so windows of ${formatDuration(windowMs)} are complete only for ` +
        `decisions from ${whole} on; --from ${whole} makes those`,
    );
  }
  return lines;
}

const list = (names: Iterable<string>): string => [...names].join(", ");
/** The replay itself reports the records that it could not read. */
const passedOver = (): void => undefined;

const wantedFrom =
  ({ refused }: Looked, from: number, to: number) =>
  ({ topic, partition, offset, timestamp }: RawRecord): boolean =>
    timestamp >= from && timestamp < to && !refused.has(topic, partition, offset);

/** Await it for each record: it rests after every piece. */
function resting({ pacing }: Looked): () => Promise<void> | undefined {
  let [count, started] = [0, performance.now()];
  return () => {
    if (pacing === undefined || ++count % PIECE !== 0) return undefined;
    return pacing.rest(performance.now() - started).then(() => void (started = performance.now()));
  };
}
