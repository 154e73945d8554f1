import { createHash } from "node:crypto";
import type { TrainingRow } from "../schemas/index.ts";
import { readTopic, type Backbone, type Serdes, type Topic } from "../streams/index.ts";
import { keepNewest } from "./keep-newest.ts";

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
