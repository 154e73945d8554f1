import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { blueprintTable, validBlueprints } from "../../catalogue/index.ts";
import { closedAfterMs, episodeRowOf, episodesTopic, overAfterMs, rowsTopic, stepOf } from "../../rows/index.ts";
import { DomainError, episodeRows, type EpisodeRow, type EpisodeStep } from "../../schemas/index.ts";
import {
  avroStore,
  defineOperator,
  inTurn,
  type Context,
  type StoreSpec,
  type StreamRecord,
  type Topic,
} from "../../streams/index.ts";
import { followedKey, parseFollowedKey, type FollowedKey } from "./keys.ts";
import {
  beyondRoom,
  changedSteps,
  decodeState,
  encodeState,
  noState,
  overWith,
  sequenceOf,
  withRow,
  withState,
  type KeyState,
  type Sequence,
} from "./logic.ts";

const stateStore: StoreSpec<KeyState> = { encode: encodeState, decode: decodeState };

/** Rows are read again soon after they came, as what comes before or after another one: until then they stay objects. */
const rowStore = (input: Topic<EpisodeRow>): StoreSpec<EpisodeRow> => ({ ...avroStore(input), heldBytes: mostBytesOf });

const FIELD_BYTES = 12;
const CHARACTER_BYTES = 3;

/** At most, of a row's Avro. */
function mostBytesOf({ decisionId, blueprintVersion, maturity, action, state }: EpisodeRow): number {
  let characters = decisionId.length + blueprintVersion.length + maturity.length + (action?.length ?? 0);
  for (const value of state) if (typeof value === "string") characters += value.length;
  return CHARACTER_BYTES * characters + FIELD_BYTES * (10 + state.length);
}

/** The key of a timer's decision. */
const keyOf = (timer: string): string => parseFollowedKey(timer.slice(2)).key;

/**
 * Rows in, what their episodes need of them out, by what decisions follow each other by. Rows of versions whose features or
 * labels mean something else, and rows without such a key, belong to no episode.
 */
export function rowsOfEpisodes({ blueprint, episodes }: CompiledBlueprint) {
  const { useCase } = blueprint;
  const followed = episodes!;
  return defineOperator({
    name: "episode-rows",
    in: { rows: rowsTopic({ blueprint }) },
    out: { rows: episodeRows(useCase, followed.id) },
    state: {},
    globals: { blueprints: blueprintTable },
    handlers: {
      rows(records, context) {
        const versions = validBlueprints(context.globals.blueprints);
        for (const record of records) {
          const { value: row, time } = record;
          const of = versions.version(useCase, row["blueprintVersion"] as string)?.blueprint;
          const key = followed.keyOf(row);
          if (of === undefined || key === null || !followed.counts(of)) continue;
          context.emit("rows", { key, value: episodeRowOf(row, followed), time, headers: {} });
        }
      },
    },
  });
}

type Stores = Readonly<{ decisions: StoreSpec<KeyState>; rows: StoreSpec<EpisodeRow> }>;
type EpisodeContext = Context<Readonly<{ steps: Topic<EpisodeStep> }>, Stores, Readonly<Record<never, never>>>;

/** The timers of a decision: one until nothing can follow it, and then one until nothing of it can come. */
const CLOSE = "c ";
const OVER = "o ";
/** The timer of a key: that it had decisions is not remembered any more. */
const PAST = "p ";
/** So long it is, ms of arrival. */
const REMEMBERED_MS = 30 * 24 * 3_600_000;

/**
 * Decisions of one key in, the steps of their episodes out. A step is written anew with each change: when its row is corrected, when
 * another decision follows it, when it is known to be the last, and when a late row comes before it. Rows that come together are
 * one change. The last records do not depend on the order in which rows come.
 */
export function episodesOf(compiled: CompiledBlueprint) {
  const episodes = compiled.episodes!;
  const input = episodeRows(compiled.blueprint.useCase, episodes.id);
  const [closedAfter, overAfter] = [closedAfterMs(compiled), overAfterMs(compiled)];
  return defineOperator({
    name: "episodes",
    in: { rows: input },
    out: { steps: episodesTopic(compiled) },
    state: { decisions: stateStore, rows: rowStore(input) },
    globals: {},
    recordKey: ({ store, key }) => (store === "decisions" ? key : keyOf(store === undefined ? key : CLOSE + key)),
    reads: { rows: ({ key }) => [["decisions", key]] },
    handlers: {
      rows: (records, context) =>
        inTurn([...Map.groupBy(records, ({ key }) => key)], ([key, own]) => takeRows(context, key, own)),
    },
    timerReads: ({ key }) => [["decisions", keyOf(key)]],
    onTimer({ time, key: text }, context) {
      const key = keyOf(text);
      const before = context.state.decisions.get(key);
      if (before === undefined) return;
      if (text.startsWith(PAST)) {
        const isOld = before.forgotten !== null && before.forgotten.until <= time;
        return keep(context, key, isOld ? { ...before, forgotten: null } : before);
      }
      const which = parseFollowedKey(text.slice(CLOSE.length));
      const isOver = text.startsWith(OVER);
      const entries = withState(before.entries, which, isOver ? { over: true } : { closed: true });
      const now = sequenceOf(entries, episodes);
      if (isOver)
        return forget(context, key, { ...before, entries }, new Set(entries.flatMap((_, at) => overWith(now, at))));
      scheduleOver(context, which);
      keep(context, key, { ...before, entries });
      return emitSteps(context, key, now, changedSteps(sequenceOf(before.entries, episodes), now), time);
    },
  });

  function takeRows(
    context: EpisodeContext,
    key: string,
    records: readonly StreamRecord<EpisodeRow>[],
  ): void | Promise<void> {
    const before = context.state.decisions.get(key) ?? noState;
    let { entries } = before;
    const own = new Map<string, EpisodeRow>();
    let latest = Number.NEGATIVE_INFINITY;
    for (const record of records) {
      const { value: row, time } = record;
      const which = { key, id: row.decisionId, time: row.decisionTime };
      // Of history no timer is needed to know that nothing comes but what lies on the topic already.
      const isClosed = which.time + closedAfter <= Math.max(time, context.streamTime);
      const after = withRow(entries, row, isClosed);
      const isNew = after.length > entries.length;
      if (isNew && before.forgotten !== null && which.time <= before.forgotten.time) {
        context.reject(record, episodeOver(which));
        continue;
      }
      entries = after;
      latest = Math.max(latest, time);
      context.state.rows.put(followedKey(which), row);
      own.set(followedKey(which), row);
      if (!isNew) continue;
      if (isClosed) scheduleOver(context, which, record);
      else context.schedule(which.time + closedAfter, CLOSE + followedKey(which), record);
    }
    if (own.size === 0) return;
    const now = sequenceOf(entries, episodes);
    const changed = new Set(changedSteps(sequenceOf(before.entries, episodes), now));
    for (const [at, entry] of entries.entries()) if (own.has(followedKey({ ...entry, key }))) changed.add(at);
    const state = { ...before, entries };
    const emitting = emitSteps(
      context,
      key,
      now,
      [...changed].sort((a, b) => a - b),
      latest,
      own,
    );
    const gone = new Set(beyondRoom(now));
    if (emitting === undefined) forget(context, key, state, gone);
    else return emitting.then(() => forget(context, key, state, gone));
  }

  function keep(context: EpisodeContext, key: string, state: KeyState): void {
    if (state.entries.length === 0 && state.forgotten === null) context.state.decisions.delete(key);
    else context.state.decisions.put(key, state);
  }

  /** @param gone indexes of whole episodes */
  function forget(
    context: EpisodeContext,
    key: string,
    { entries, forgotten }: KeyState,
    gone: ReadonlySet<number>,
  ): void {
    if (gone.size === 0) return keep(context, key, { entries, forgotten });
    let time = forgotten?.time ?? Number.NEGATIVE_INFINITY;
    for (const at of gone) {
      time = Math.max(time, entries[at]!.time);
      context.state.rows.delete(followedKey({ ...entries[at]!, key }));
    }
    const until = Math.max(time, context.streamTime) + REMEMBERED_MS;
    context.schedule(until, `${PAST}${followedKey({ key, id: "", time: 0 })}`);
    keep(context, key, { entries: entries.filter((_, at) => !gone.has(at)), forgotten: { time, until } });
  }

  /** Rows of history come one after the other long after their time: they wait for each other as long as those of now. */
  function scheduleOver(context: EpisodeContext, which: FollowedKey, from?: StreamRecord<unknown>): void {
    const time = Math.max(which.time, from?.time ?? 0, context.streamTime);
    context.schedule(time + overAfter, OVER + followedKey(which), from);
  }

  /** @param own rows of this batch, by followed key: the store does not have them yet */
  function emitSteps(
    context: EpisodeContext,
    key: string,
    { entries, places }: Sequence,
    changed: readonly number[],
    time: number,
    own: ReadonlyMap<string, EpisodeRow> = new Map(),
  ): void | Promise<void> {
    const rowKey = (at: number): string => followedKey({ ...entries[at]!, key });
    const needed = new Set(changed.flatMap((at) => [rowKey(at), rowKey(places[at]!.next ?? at)]));
    const rowAt = (at: number): EpisodeRow => own.get(rowKey(at)) ?? context.state.rows.get(rowKey(at))!;
    const emit = (): void => {
      for (const at of changed) {
        const place = places[at]!;
        const row = rowAt(at);
        const next = place.next === undefined ? undefined : rowAt(place.next);
        const value = stepOf(episodes, key, { row, next, episodeId: entries[place.first]!.id, place });
        context.emit("steps", { key, value, time, headers: {} });
      }
    };
    const loading = context.load([...needed].filter((each) => !own.has(each)).map((each) => ["rows", each] as const));
    return loading === undefined ? emit() : loading.then(emit);
  }
}

const episodeOver = ({ id, key }: FollowedKey): DomainError =>
  new DomainError("EPISODE_OVER", `the row of decision ${id} came after the episode of ${key} was over and forgotten`);
