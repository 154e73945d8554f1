import type { CompiledBlueprint } from "../../blueprints/index.ts";
import type { EpisodeStep, TrainingRow } from "../../schemas/index.ts";
import { divideEpisodes, entryOrder, type EpisodeEntry } from "./divide.ts";
import { closedAfterMs } from "./episode-times.ts";
import { episodeRowOf } from "./episode-row.ts";
import { stepOf } from "./step-of.ts";

/**
 * The steps of all episodes, in the order of their keys and times: what the topic of a use case's episodes has in the
 * last records of its decisions, once event time has come to `until`.
 *
 * @param rows the newest of each decision; those without a key make no step
 * @param until event time, ms: an episode that could not go on any more by then is closed
 */
export function episodesOfRows(
  compiled: CompiledBlueprint,
  rows: Iterable<TrainingRow>,
  until: number,
): readonly EpisodeStep[] {
  const episodes = compiled.episodes!;
  const byKey = new Map<string, TrainingRow[]>();
  for (const row of rows) {
    const key = episodes.keyOf(row);
    if (key === null) continue;
    const own = byKey.get(key);
    if (own === undefined) byKey.set(key, [row]);
    else own.push(row);
  }
  const closedAfter = closedAfterMs(compiled);
  const keys = [...byKey.keys()].sort();
  return keys.flatMap((key) => {
    const own = byKey.get(key)!.map((row) => episodeRowOf(row, episodes));
    const entries = own
      .map((row) => ({ row, ...entryOf(row, until - closedAfter) }))
      .sort((one, other) => entryOrder(one, other));
    const places = divideEpisodes(entries, episodes);
    return entries.map(({ row }, at) => {
      const place = places[at]!;
      const next = place.next === undefined ? undefined : entries[place.next]!.row;
      return stepOf(episodes, key, { row, next, episodeId: entries[place.first]!.id, place });
    });
  });
}

function entryOf(
  { decisionId: id, decisionTime: time, ends }: ReturnType<typeof episodeRowOf>,
  closedUntil: number,
): EpisodeEntry {
  return { id, time, ends, closed: time <= closedUntil };
}
