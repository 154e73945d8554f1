import type { GroupReader, TopicPartition } from "../backbone/backbone.ts";
import type { Outage } from "../outage.ts";
import type { Stall } from "../task/input.ts";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5_000;

interface Waiting {
  readonly offset: number;
  /** Milliseconds of the monotonic clock. */
  readonly since: number;
  readonly waitMs: number;
  readonly again: number;
}

/**
 * Partitions whose next record can't be decoded yet, since the registry is away. They stand at that record and are read again a little later;
 * the others go on, and so do the group's rounds.
 */
export class Stalls {
  readonly #outage: Outage;
  readonly #waiting = new Map<string, TopicPartition & Waiting>();
  /** Of this group; after a new join the stalls begin at the tasks' positions. */
  #group: GroupReader | undefined;

  constructor(outage: Outage) {
    this.#outage = outage;
  }

  /** To be called after each pass. @param now ms of the monotonic clock. */
  apply(stalls: readonly Stall[], passed: readonly TopicPartition[], group: GroupReader, now: number): void {
    if (this.#group !== group) {
      this.#group = group;
      this.#waiting.clear();
    }
    for (const { topic, partition, offset, error } of stalls) {
      const name = `${topic}/${partition}`;
      const before = this.#waiting.get(name);
      const same = before?.offset === offset;
      const waitMs = same ? Math.min(before.waitMs * 2, LONGEST_WAIT_MS) : FIRST_WAIT_MS;
      this.#waiting.set(name, {
        topic,
        partition,
        offset,
        since: same ? before.since : now,
        waitMs,
        again: now + waitMs,
      });
      group.seek({ topic, partition, offset });
      group.pause([{ topic, partition }]);
      this.#outage.failed(error, { topic, partition, offset });
    }
    if (this.#waiting.size === 0) return;
    for (const { topic, partition } of passed) {
      const name = `${topic}/${partition}`;
      if (!stalls.some((stall) => stall.topic === topic && stall.partition === partition)) this.#waiting.delete(name);
    }
    for (const at of this.#waiting.values()) if (at.again <= now) group.resume([at]);
    if (this.#waiting.size === 0) this.#outage.ended();
  }

  get any(): boolean {
    return this.#waiting.size > 0;
  }

  /** The partition that has stood still the longest, and for how long, ms. */
  longest(now: number): { readonly at: TopicPartition & { readonly offset: number }; readonly ms: number } | undefined {
    let oldest: (TopicPartition & Waiting) | undefined;
    for (const each of this.#waiting.values()) if (oldest === undefined || each.since < oldest.since) oldest = each;
    return oldest === undefined ? undefined : { at: oldest, ms: now - oldest.since };
  }
}
