import { askedRetention } from "./apply-retention.ts";
import type { Tools } from "./loop.ts";

export interface ListedTopic {
  readonly topic: string;
  readonly partitions: number;
  /** Records written in all partitions together, those that are gone included. */
  readonly end: number;
  /** How long it keeps its records, ms; null: for ever. */
  readonly retentionMs: number | null;
  /** How long live blueprints ask it to keep them. */
  readonly askedMs: number | null;
}

/** Every topic there is. */
export async function listTopics(tools: Pick<Tools, "backbone" | "serdes">): Promise<readonly ListedTopic[]> {
  const { backbone } = tools;
  const names = await backbone.topics();
  const asked = await askedRetention(tools);
  const kept = new Map((await backbone.retention(names)).map(({ topic, retentionMs }) => [topic, retentionMs]));
  const offsets = Map.groupBy(await backbone.offsets(names), ({ topic }) => topic);
  return names.map((topic) => {
    const at = offsets.get(topic) ?? [];
    const retentionMs = kept.get(topic) ?? null;
    const end = at.reduce((sum, partition) => sum + partition.end, 0);
    return { topic, partitions: at.length, end, retentionMs, askedMs: asked.get(topic) ?? retentionMs };
  });
}
