import type { CompiledBlueprint } from "../../blueprints/index.ts";
import type { EpisodeStep, TrainingRow } from "../../schemas/index.ts";
import { keySequences } from "./sequences.ts";
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
  return keySequences(compiled, rows, until).flatMap(({ key, entries, places }) =>
    entries.map(({ step: row }, at) => {
      const place = places[at]!;
      const next = place.next === undefined ? undefined : entries[place.next]!.step;
      return stepOf(episodes, key, { row, next, episodeId: entries[place.first]!.id, place });
    }),
  );
}
