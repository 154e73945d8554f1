import { askedRetention } from "./apply-retention.ts";
import type { Tools } from "./loop.ts";

export interface ListedTopic {
  readonly topic: string;
  readonly partitions: number;
  /** Records ever written in all partitions together, gone ones included. */
  readonly end: number;
  /** Retention of its records, ms; null: for ever. */
  readonly retentionMs: number | null;
  /** Retention that live blueprints ask for, and of other topics the present one; ms. */
  readonly askedMs: number | null;
}

/** Every existing topic. */
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
