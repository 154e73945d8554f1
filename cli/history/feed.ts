import { clock, decisionReplies } from "../../schemas/index.ts";
import type { Tools } from "../../topologies/index.ts";
import {
  replyHeaders,
  SOURCE_HEADER,
  type OutgoingRecord,
  type Producer,
  type Published,
} from "../../streams/index.ts";
import type { HistoryStep } from "./read-history.ts";

type FeedTools = Pick<Tools, "backbone" | "publisher">;

export interface FeedOptions {
  /** Names what is fed: its memory of how far it came. */
  readonly groupId: string;
  /** Whose event time it moves: its own, and nobody else's. */
  readonly source: string;
  /** Steps begin at multiples of it; ms of event time. */
  readonly stepMs: number;
  /** Ask for replies, on `REPLY_PARTITION_OF_FEED`. */
  readonly replies: boolean;
  /** The clock, ms: no tick goes past it. Default `Date.now`. */
  readonly now?: () => number;
}

/** The partition of the replies topic that the feed reads. */
export const REPLY_PARTITION_OF_FEED = 0;

/**
 * Publishes history step by step, and remembers how far it came. On the embedded backbone a step and the memory of it are one
 * atomic write; on Kafka outcomes go before requests and the memory last, so that a crash repeats a step and loses none.
 */
export class Feed {
  readonly #loop: FeedTools;
  readonly #producer: Producer;
  readonly #options: FeedOptions;
  readonly #source: Buffer;

  static async open(loop: FeedTools, options: FeedOptions): Promise<Feed> {
    const atomic = loop.backbone.kind === "embedded";
    const producer = await loop.backbone.producer(atomic ? { transactionalId: options.groupId } : {});
    return new Feed(loop, producer, options);
  }

  private constructor(loop: FeedTools, producer: Producer, options: FeedOptions) {
    this.#loop = loop;
    this.#producer = producer;
    this.#options = options;
    this.#source = Buffer.from(options.source);
  }

  /** Event time up to which everything has been published; `-Infinity` at first. */
  async position(): Promise<number> {
    const [at] = await this.#loop.backbone.committed(this.#options.groupId, [clock.name]);
    return at === undefined ? Number.NEGATIVE_INFINITY : at.offset * this.#options.stepMs;
  }

  async publish(step: Pick<HistoryStep, "until" | "requests" | "outcomes">): Promise<void> {
    const from = { [SOURCE_HEADER]: this.#source };
    const encode = (records: readonly Published<unknown>[]): Promise<OutgoingRecord[]> =>
      Promise.all(
        records.map((record) => this.#loop.publisher.encode({ ...record, headers: { ...record.headers, ...from } })),
      );
    const outcomes = await encode(step.outcomes);
    const requests = await encode(this.#options.replies ? step.requests.map(withReply) : step.requests);
    // History ends now: where a step or a wait reaches further, the loop's own ticks go on from there.
    const time = Math.min(step.until, (this.#options.now ?? Date.now)());
    const tick = await encode([{ topic: clock, key: this.#options.source, value: { time }, time }]);
    const position = { topic: clock.name, partition: 0, offset: Math.floor(step.until / this.#options.stepMs) };
    if (this.#loop.backbone.kind === "embedded") {
      const transaction = await this.#producer.begin();
      await transaction.send([...outcomes, ...requests, ...tick]);
      await transaction.sendOffsets(this.#options.groupId, [position]);
      await transaction.commit();
    } else {
      if (outcomes.length > 0) await this.#producer.send(outcomes);
      await this.#producer.send([...requests, ...tick]);
      await this.#loop.backbone.commit(this.#options.groupId, [position]);
    }
  }

  /** Moves event time on, with nothing published. */
  async tick(until: number): Promise<void> {
    await this.publish({ until, requests: [], outcomes: [] });
  }

  close(): Promise<void> {
    return this.#producer.close();
  }
}

function withReply(request: Published<unknown>): Published<unknown> {
  const { decisionId } = request.value as { readonly decisionId: string };
  const headers = replyHeaders(decisionReplies.name, REPLY_PARTITION_OF_FEED, Buffer.from(decisionId));
  return { ...request, headers };
}
