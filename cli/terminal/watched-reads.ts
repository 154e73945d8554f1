import { prefixed, type Backbone, type Position, type Reader } from "../../streams/index.ts";
import type { Progress } from "../text/progress.ts";

/** The same backbone, whose readers show how far they are from the ends that the topics had when each was opened. */
export function watchedReads(backbone: Backbone, bar: Progress): Backbone {
  return {
    ...prefixed(backbone, ""),
    async reader(positions, options) {
      const reader = await backbone.reader(positions, options);
      return watched(reader, await rangeOf(backbone, positions), bar);
    },
  };
}

interface Range {
  readonly topics: string;
  readonly total: number;
  /** By `topic/partition`: the first offset. */
  readonly starts: ReadonlyMap<string, number>;
}

async function rangeOf(backbone: Backbone, positions: readonly Position[]): Promise<Range> {
  const topics = [...new Set(positions.map(({ topic }) => topic))];
  const starts = new Map(positions.map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset]));
  let total = 0;
  for (const { topic, partition, start, end } of await backbone.offsets(topics)) {
    const at = `${topic}/${partition}`;
    const from = starts.get(at);
    if (from === undefined) continue;
    if (from < start) starts.set(at, start);
    total += Math.max(0, end - Math.max(from, start));
  }
  return { topics: topics.join(", "), total, starts };
}

function watched(reader: Reader, { topics, total, starts }: Range, bar: Progress): Reader {
  const done = new Map<string, number>();
  return {
    async poll(maxWaitMs, maxRecords) {
      const fetches = await reader.poll(maxWaitMs, maxRecords);
      for (const { topic, partition, records } of fetches) {
        const at = `${topic}/${partition}`;
        done.set(at, records.at(-1)!.offset + 1 - (starts.get(at) ?? 0));
      }
      if (fetches.length > 0)
        bar.update(
          [...done.values()].reduce((sum, one) => sum + one, 0),
          topics,
          total,
        );
      return fetches;
    },
    pause: (partitions) => reader.pause(partitions),
    resume: (partitions) => reader.resume(partitions),
    seek: (position) => reader.seek(position),
    close: () => reader.close(),
  };
}
