import { topicRetention, validBlueprints, blueprintTable } from "../catalogue/index.ts";
import { readTable, type Backbone, type TopicRetention, type TopicTools } from "../streams/index.ts";

/** With a newest record older than this, a topic holds history that is being imported or was imported. */
const HISTORY_MS = 24 * 3_600_000;

export interface AppliedRetention extends TopicRetention {
  /** The retention that the blueprints ask for, ms; null: for ever. */
  readonly askedMs: number | null;
}

/**
 * Sets the retention that the live blueprints ask for, and returns the retention of each topic.
 *
 * Kafka measures age against its own clock. A topic there that has no record of the last day keeps everything until it
 * has one: imported history would be gone within minutes otherwise. The embedded log measures against the newest
 * record, and needs no such care. While a published blueprint can't be read, no retention is shortened: that blueprint
 * may ask for more. Cheap if nothing has changed.
 */
export async function applyRetention(
  { backbone, serdes }: Pick<TopicTools, "backbone" | "serdes">,
  now = Date.now(),
): Promise<readonly AppliedRetention[]> {
  const valid = validBlueprints(await readTable(backbone, serdes, blueprintTable));
  const asked = await topicsThere(backbone, topicRetention(valid, now));
  const keepsMore = valid.unreadable().length > 0;
  const there = await backbone.retention([...asked.keys()]);
  const wanted: AppliedRetention[] = [];
  for (const { topic, retentionMs: is } of there) {
    const askedMs = asked.get(topic)!;
    if (keepsMore && askedMs !== null && (is === null || is > askedMs)) {
      wanted.push({ topic, retentionMs: is, askedMs });
      continue;
    }
    const historical =
      askedMs !== null && backbone.kind === "kafka" && (await newestTime(backbone, topic)) < now - HISTORY_MS;
    wanted.push({ topic, retentionMs: historical ? null : askedMs, askedMs });
  }
  const has = new Map(there.map(({ topic, retentionMs }) => [topic, retentionMs]));
  const changed = wanted.filter(({ topic, retentionMs }) => has.get(topic) !== retentionMs);
  if (changed.length > 0) await backbone.retain(changed.map(({ topic, retentionMs }) => ({ topic, retentionMs })));
  return wanted;
}

/** For each existing topic, the retention that blueprints live at `now` or later ask for. */
export async function askedRetention(
  { backbone, serdes }: Pick<TopicTools, "backbone" | "serdes">,
  now = Date.now(),
): Promise<ReadonlyMap<string, number | null>> {
  return topicsThere(backbone, topicRetention(validBlueprints(await readTable(backbone, serdes, blueprintTable)), now));
}

async function topicsThere(
  backbone: Backbone,
  asked: ReadonlyMap<string, number | null>,
): Promise<ReadonlyMap<string, number | null>> {
  const there = new Set(await backbone.topics());
  return new Map([...asked].filter(([topic]) => there.has(topic)));
}

/** Event time of the last record of any partition, ms; `-Infinity` without one. */
async function newestTime(backbone: Backbone, topic: string): Promise<number> {
  const last = (await backbone.offsets([topic]))
    .filter(({ start, end }) => end > start)
    .map(({ partition, end }) => ({ topic, partition, offset: end - 1 }));
  if (last.length === 0) return Number.NEGATIVE_INFINITY;
  const reader = await backbone.reader(last);
  try {
    const unread = new Set(last.map(({ partition }) => partition));
    let newest = Number.NEGATIVE_INFINITY;
    while (unread.size > 0) {
      const fetches = await reader.poll(1_000);
      // Records that are gone meanwhile never arrive.
      if (fetches.length === 0) {
        for (const { partition, start, end } of await backbone.offsets([topic]))
          if (start >= end) unread.delete(partition);
      }
      for (const { partition, records } of fetches) {
        unread.delete(partition);
        for (const { timestamp } of records) newest = Math.max(newest, timestamp);
      }
    }
    return newest;
  } finally {
    await reader.close();
  }
}
