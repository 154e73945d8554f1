import { decisionRequests, liveDecisions, observations } from "../../schemas/index.ts";
import { readRaw, type Backbone, type Position } from "../../streams/index.ts";
import { ORPHAN_MS } from "../replay/index.ts";
import { APPLICATION } from "./shadow-place.ts";

/** Records that belong to decisions of an earlier time are found so much before it, ms. */
const SOURCES = [
  { topic: decisionRequests.name, beforeMs: 0 },
  { topic: liveDecisions.name, beforeMs: 0 },
  { topic: observations.name, beforeMs: ORPHAN_MS },
] as const;

/**
 * Lets a group that has read nothing yet begin with the decisions of `from`, ms: at the first record of each partition
 * that is not from before. Only the times of the retained records are read. A group that has a position goes on there.
 */
export async function beginAt(side: Backbone, from: number): Promise<void> {
  const topics = SOURCES.map(({ topic }) => topic);
  const known = await side.committed(APPLICATION, topics);
  if (known.length > 0) return;
  const positions: Position[] = [];
  for (const { topic, beforeMs } of SOURCES) {
    if ((await side.partitions(topic)) === undefined) continue;
    for (const { partition, start, end } of await side.offsets([topic])) {
      const offset = await firstNotBefore(side, topic, { partition, from: start, to: end }, from - beforeMs);
      positions.push({ topic, partition, offset });
    }
  }
  await side.commit(APPLICATION, positions);
}

interface Range {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

async function firstNotBefore(side: Backbone, topic: string, range: Range, time: number): Promise<number> {
  if (range.from >= range.to) return range.to;
  for await (const records of readRaw(side, topic, { ranges: [range] })) {
    const first = records.find(({ timestamp }) => timestamp >= time);
    if (first !== undefined) return first.offset;
  }
  return range.to;
}
