import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { blueprintTable, validBlueprints } from "../../catalogue/index.ts";
import { closedAfterMs, episodeRowOf, episodesTopic, overAfterMs, rowsTopic, stepOf } from "../../rows/index.ts";
import { episodeRows, type EpisodeRow, type EpisodeStep } from "../../schemas/index.ts";
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
  changedSteps,
  decodeEntries,
  encodeEntries,
  overWith,
  sequenceOf,
  withRow,
  withState,
  type Followed,
  type Sequence,
} from "./logic.ts";

const entriesStore: StoreSpec<readonly Followed[]> = { encode: encodeEntries, decode: decodeEntries };

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

type Stores = Readonly<{ decisions: StoreSpec<readonly Followed[]>; rows: StoreSpec<EpisodeRow> }>;
type EpisodeContext = Context<Readonly<{ steps: Topic<EpisodeStep> }>, Stores, Readonly<Record<never, never>>>;

/** The timers of a decision: one until nothing can follow it, and then one until nothing of it can come. */
const CLOSE = "c ";
const OVER = "o ";

/**
 * Decisions of one key in, the steps of their episodes out. A step is written anew with each change: when its row is corrected, when
 * another decision follows it, when it is known to be the last, and when a late row comes before it.
 * The last records do not depend on the order in which rows come.
 */
export function episodesOf(compiled: CompiledBlueprint) {
  const episodes = compiled.episodes!;
  const input = episodeRows(compiled.blueprint.useCase, episodes.id);
  const [closedAfter, overAfter] = [closedAfterMs(compiled), overAfterMs(compiled)];
  return defineOperator({
    name: "episodes",
    in: { rows: input },
    out: { steps: episodesTopic(compiled) },
    state: { decisions: entriesStore, rows: avroStore(input) },
    globals: {},
    recordKey: ({ store, key }) =>
      store === "decisions" ? key : parseFollowedKey(store === undefined ? key.slice(CLOSE.length) : key).key,
    reads: { rows: ({ key }) => [["decisions", key]] },
    handlers: {
      rows: (records, context) =>
        inTurn(records, (record) => {
          const { key, value: row, time } = record;
          const before = context.state.decisions.get(key) ?? [];
          const which = { key, id: row.decisionId, time: row.decisionTime };
          // Of history no timer is needed to know that nothing comes but what lies on the topic already.
          const isClosed = which.time + closedAfter <= Math.max(time, context.streamTime);
          const after = withRow(before, row, isClosed);
          context.state.decisions.put(key, after);
          context.state.rows.put(followedKey(which), row);
          if (after.length > before.length)
            if (isClosed) scheduleOver(context, which, record);
            else context.schedule(which.time + closedAfter, CLOSE + followedKey(which), record);
          const now = sequenceOf(after, episodes);
          const own = after.findIndex((one) => one.id === which.id && one.time === which.time);
          const changed = new Set(changedSteps(sequenceOf(before, episodes), now)).add(own);
          return emitSteps(
            context,
            key,
            now,
            [...changed].sort((a, b) => a - b),
            time,
          );
        }),
    },
    timerReads: ({ key }) => [["decisions", parseFollowedKey(key.slice(CLOSE.length)).key]],
    onTimer({ time, key: text }, context) {
      const which = parseFollowedKey(text.slice(CLOSE.length));
      const { key } = which;
      const before = context.state.decisions.get(key);
      if (before === undefined) return;
      const isOver = text.startsWith(OVER);
      const after = withState(before, which, isOver ? { over: true } : { closed: true });
      const now = sequenceOf(after, episodes);
      if (!isOver) {
        scheduleOver(context, which);
        context.state.decisions.put(key, after);
        return emitSteps(context, key, now, changedSteps(sequenceOf(before, episodes), now), time);
      }
      const gone = new Set(after.flatMap((_, at) => overWith(now, at)));
      for (const at of gone) context.state.rows.delete(followedKey({ ...after[at]!, key }));
      const left = after.filter((_, at) => !gone.has(at));
      if (left.length === 0) context.state.decisions.delete(key);
      else context.state.decisions.put(key, left);
    },
  });

  /** Rows of history come one after the other long after their time: they wait for each other as long as those of now. */
  function scheduleOver(context: EpisodeContext, which: FollowedKey, from?: StreamRecord<unknown>): void {
    const time = Math.max(which.time, from?.time ?? 0, context.streamTime);
    context.schedule(time + overAfter, OVER + followedKey(which), from);
  }

  function emitSteps(
    context: EpisodeContext,
    key: string,
    { entries, places }: Sequence,
    changed: readonly number[],
    time: number,
  ): void | Promise<void> {
    const needed = new Set(changed.flatMap((at) => [at, places[at]!.next ?? at]));
    const rowKey = (at: number): string => followedKey({ ...entries[at]!, key });
    const emit = (): void => {
      for (const at of changed) {
        const place = places[at]!;
        const row = context.state.rows.get(rowKey(at))!;
        const next = place.next === undefined ? undefined : context.state.rows.get(rowKey(place.next))!;
        const value = stepOf(episodes, key, { row, next, episodeId: entries[place.first]!.id, place });
        context.emit("steps", { key, value, time, headers: {} });
      }
    };
    const loading = context.load([...needed].map((at) => ["rows", rowKey(at)] as const));
    return loading === undefined ? emit() : loading.then(emit);
  }
}
