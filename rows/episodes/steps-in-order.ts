import type { CompiledBlueprint } from "../../blueprints/index.ts";
import type { EpisodeStep } from "../../schemas/index.ts";
import { readTopic, type Backbone, type RawRecord, type Serdes } from "../../streams/index.ts";
import { RecordSort, type RecordSortOptions } from "../sort/record-sort.ts";
import { episodesTopic } from "./episode-schema.ts";

/**
 * The steps on the topic of a version's episodes, of each decision the last record, by key, time and decision id, in bounded memory.
 * Steps of other rules, features or labels are left out.
 */
export async function* stepsInOrder(
  backbone: Backbone,
  serdes: Serdes,
  compiled: CompiledBlueprint,
  room: Pick<RecordSortOptions, "bytes" | "spill">,
): AsyncGenerator<EpisodeStep> {
  const topic = episodesTopic(compiled);
  const { id } = compiled.episodes!;
  const sort = new RecordSort({ topic: topic.name, ...room });
  /** The current record. */
  let record: RawRecord | undefined;
  const isWanted = (one: RawRecord): true => {
    record = one;
    return true;
  };
  try {
    for await (const { value } of readTopic(backbone, serdes, topic, { isWanted })) {
      if (value.episodes !== id) continue;
      const sorting = sort.add({ time: 0, id: placeOf(value), record: record! });
      if (sorting !== undefined) await sorting;
    }
    let last: { readonly place: string; readonly step: EpisodeStep } | undefined;
    for await (const sorted of sort.sorted()) {
      if (last !== undefined && last.place !== sorted.id) yield last.step;
      last = { place: sorted.id, step: serdes.decode(topic, sorted.record.value!) };
    }
    if (last !== undefined) yield last.step;
  } finally {
    await sort.close();
  }
}

/** No key holds the character that stands behind it but one that is ordered by its length, too. */
const placeOf = ({ key, decisionTime, decisionId }: EpisodeStep): string =>
  `${key}\0${String(decisionTime).padStart(16, "0")}\0${decisionId}`;
