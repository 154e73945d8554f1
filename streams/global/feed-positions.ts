import type { Fetch, PartitionOffsets, Position } from "../backbone/backbone.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Change } from "../state/engine.ts";
import { positionChange } from "./feed-store.ts";
import type { Gap } from "./part-ledger.ts";

/** How far a feed has read each partition. */
export class FeedPositions {
  readonly #next: Map<string, number>;
  /** Starts of partitions when the feed was opened, by `topic/partition`. */
  readonly #starts: ReadonlyMap<string, number>;
  readonly #metrics: Pick<Metrics, "globalsOffset"> | undefined;

  constructor(
    positions: readonly Position[],
    starts: ReadonlyMap<string, number>,
    metrics?: Pick<Metrics, "globalsOffset">,
  ) {
    this.#next = new Map(positions.map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset]));
    this.#starts = starts;
    this.#metrics = metrics;
  }

  /** The next offset to read; `undefined`: the partition is of no global. */
  next(topic: string, partition: number): number | undefined {
    return this.#next.get(`${topic}/${partition}`);
  }

  /** These have been read. */
  pass(fetches: readonly Fetch[]): void {
    for (const { topic, partition, records } of fetches) {
      this.#next.set(`${topic}/${partition}`, records.at(-1)!.offset + 1);
    }
  }

  isAt(ends: readonly PartitionOffsets[]): boolean {
    return ends.every(({ topic, partition, start, end }) => {
      const next = this.next(topic, partition);
      return next === undefined || end <= start || next >= end;
    });
  }

  /** A topic's records before these positions, by `topic/partition`. */
  readOf(topic: string): Readonly<Record<string, Gap>> {
    const gaps: Record<string, Gap> = {};
    for (const [at, until] of this.#next) {
      const start = this.#starts.get(at) ?? 0;
      if (topicOf(at) === topic && until > start) gaps[at] = { next: start, until };
    }
    return gaps;
  }

  /** Of the partitions that were read. */
  changes(fetches: readonly Fetch[]): readonly Change[] {
    return fetches.map(({ topic, partition }) => positionChange(`${topic}/${partition}`, this.next(topic, partition)!));
  }

  /** As a metric. */
  show(topics: Iterable<string>): void {
    for (const topic of topics) {
      let offset = 0;
      for (const [at, next] of this.#next) if (topicOf(at) === topic) offset += next;
      this.#metrics?.globalsOffset.set({ topic }, offset);
    }
  }
}

const topicOf = (at: string): string => at.slice(0, at.lastIndexOf("/"));
