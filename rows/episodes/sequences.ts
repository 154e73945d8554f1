import type { CompiledBlueprint } from "../../blueprints/index.ts";
import type { EpisodeRow, TrainingRow } from "../../schemas/index.ts";
import { divideEpisodes, entryOrder, type EpisodeEntry, type EpisodePlace } from "./divide.ts";
import { closedAfterMs } from "./episode-times.ts";
import { episodeRowOf } from "./episode-row.ts";

/** A decision of a key with its row. */
export interface SequenceEntry extends EpisodeEntry {
  readonly row: TrainingRow;
  readonly step: EpisodeRow;
}

/** All decisions of a key, in their order, with their places in episodes. */
export interface KeySequence {
  readonly key: string;
  readonly entries: readonly SequenceEntry[];
  readonly places: readonly EpisodePlace[];
}

/**
 * Decisions that follow each other, in the order of their keys.
 *
 * @param rows the newest of each decision; those without a key are in no sequence
 * @param until event time, ms: an episode that could not go on any more by then is closed
 */
export function keySequences(
  compiled: CompiledBlueprint,
  rows: Iterable<TrainingRow>,
  until: number,
): readonly KeySequence[] {
  const episodes = compiled.episodes!;
  const closedUntil = until - closedAfterMs(compiled);
  const byKey = new Map<string, SequenceEntry[]>();
  for (const row of rows) {
    const key = episodes.keyOf(row);
    if (key === null) continue;
    const step = episodeRowOf(row, episodes);
    const { decisionId: id, decisionTime: time, ends } = step;
    const entry = { row, step, id, time, ends, closed: time <= closedUntil };
    const own = byKey.get(key);
    if (own === undefined) byKey.set(key, [entry]);
    else own.push(entry);
  }
  return [...byKey.keys()].sort().map((key) => {
    const entries = byKey.get(key)!.sort(entryOrder);
    return { key, entries, places: divideEpisodes(entries, episodes) };
  });
}
