import { createHash } from "node:crypto";
import type { TrainingRow } from "../schemas/index.ts";
import { readTopic, type Backbone, type RawRecord, type Serdes, type Topic } from "../streams/index.ts";
import { aboutOf, isNewer, keepNewest } from "./keep-newest.ts";
import { RecordSort, type RecordSortOptions } from "./sort/record-sort.ts";

/**
 * The newest row of each decision, or of each of its options, in the order of the decision ids, times and options, each
 * with its topic, because each version has its own schema. Reads one topic, or several of the same name; `wanted` selects the rows that count.
 */
export async function newestRows(
  backbone: Backbone,
  serdes: Serdes,
  topic: Topic<TrainingRow>,
  wanted: (row: TrainingRow) => boolean = () => true,
): Promise<readonly TrainingRow[]> {
  const newest = new Map<string, TrainingRow>();
  for await (const { value } of readTopic(backbone, serdes, topic)) {
    if (wanted(value)) keepNewest(newest, value);
  }
  return [...newest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

/** Hash over the canonical Avro bytes of rows in the given order, of one blueprint version or of several in turn. */
export function hashRows(...parts: readonly (readonly [Topic<TrainingRow>, readonly TrainingRow[]])[]): string {
  const hash = createHash("sha256");
  for (const [topic, rows] of parts) for (const row of rows) hash.update(topic.type.toBuffer(row));
  return hash.digest("hex");
}

/** The number and the hash of the rows that `newestRows` gives, in bounded memory: all wait as their bytes, and beyond `bytes` on the disk. */
export async function hashNewestRows(
  backbone: Backbone,
  serdes: Serdes,
  topic: Topic<TrainingRow>,
  room: Pick<RecordSortOptions, "bytes" | "spill">,
): Promise<{ readonly rows: number; readonly sha256: string }> {
  const sort = new RecordSort({ topic: topic.name, ...room });
  const hash = createHash("sha256");
  let rows = 0;
  let newest: { readonly about: string; readonly row: TrainingRow } | undefined;
  const take = (): void => {
    if (newest === undefined) return;
    hash.update(topic.type.toBuffer(newest.row));
    rows += 1;
  };
  try {
    /** The current record. */
    let record: RawRecord | undefined;
    const isWanted = (one: RawRecord): true => {
      record = one;
      return true;
    };
    for await (const { value } of readTopic(backbone, serdes, topic, { isWanted })) {
      const sorting = sort.add({ time: 0, id: aboutOf(value), record: record! });
      if (sorting !== undefined) await sorting;
    }
    for await (const { id: about, record } of sort.sorted()) {
      const row = serdes.decode(topic, record.value!);
      if (newest?.about === about && !isNewer(row, newest.row)) continue;
      if (newest?.about !== about) take();
      newest = { about, row };
    }
    take();
    return { rows, sha256: hash.digest("hex") };
  } finally {
    await sort.close();
  }
}
