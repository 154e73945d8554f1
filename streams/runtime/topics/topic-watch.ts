import type { Backbone, TopicDescription } from "../../backbone/backbone.ts";
import { StreamsError } from "../../errors.ts";
import { streamsLimits } from "../../limits.ts";

/** Looks at topics now and then while they are in use: the brokers do not say when one is deleted, made anew or given more partitions. */
export class TopicWatch {
  readonly #backbone: Pick<Backbone, "describe">;
  readonly #known: readonly TopicDescription[];
  #lookAt: number;
  #looking = false;
  #missing: readonly string[] = [];
  #change: string | undefined;

  /** @param known the topics as they were when their positions and partitions were settled. */
  constructor(backbone: Pick<Backbone, "describe">, known: readonly TopicDescription[]) {
    this.#backbone = backbone;
    this.#known = known;
    this.#lookAt = performance.now() + streamsLimits.topicLookMs;
  }

  /** The finding of an earlier look; never waits. @param now ms of the monotonic clock. */
  check(now: number): StreamsError | undefined {
    if (now >= this.#lookAt && !this.#looking) {
      this.#looking = true;
      void this.#look().finally(() => {
        this.#looking = false;
        this.#lookAt = performance.now() + streamsLimits.topicLookMs;
      });
    }
    return this.#change === undefined ? undefined : new StreamsError("TOPIC_MOVED", this.#change);
  }

  async #look(): Promise<void> {
    // A failed question is asked again; readers and writers report the fault.
    const found = await this.#backbone.describe(this.#known.map(({ topic }) => topic)).catch(() => undefined);
    if (found === undefined) return;
    const now = new Map(found.map((each) => [each.topic, each]));
    const missing = this.#known.filter(({ topic }) => !now.has(topic)).map(({ topic }) => topic);
    // A broker may be behind the others: it is believed the second time.
    const gone = missing.find((topic) => this.#missing.includes(topic));
    this.#missing = missing;
    if (gone !== undefined) this.#change = `topic ${gone} was deleted: it is made anew, and its records are gone`;
    for (const { topic, topicId, partitions } of this.#known) {
      const is = now.get(topic);
      if (is === undefined) continue;
      if (topicId !== undefined && is.topicId !== undefined && topicId !== is.topicId) {
        this.#change = `topic ${topic} was deleted and made anew`;
      } else if (partitions !== is.partitions) {
        this.#change = `topic ${topic} had ${partitions} partitions and has ${is.partitions} now`;
      }
    }
  }
}
