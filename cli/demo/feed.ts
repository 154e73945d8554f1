import { clock, decisionReplies } from "../../schemas/index.ts";
import type { Loop } from "../../topologies/index.ts";
import { replyHeaders, type OutgoingRecord, type Producer, type Published } from "../../streams/index.ts";
import type { HistoryStep } from "../history/read-history.ts";

/** The partition of the replies topic that the feed reads. */
export const REPLY_PARTITION_OF_FEED = 0;

/**
 * Publishes history step by step, and remembers how far it came. On the embedded backbone a step and the memory of it are one
 * atomic write; on Kafka outcomes go before requests and the memory last, so that a crash repeats a step and loses none.
 */
export class Feed {
  readonly #loop: Loop;
  readonly #producer: Producer;
  readonly #groupId: string;
  readonly #stepMs: number;

  static async open(loop: Loop, id: string, stepMs: number): Promise<Feed> {
    const groupId = `${id}-feed`;
    const atomic = loop.backbone.kind === "embedded";
    const producer = await loop.backbone.producer(atomic ? { transactionalId: groupId } : {});
    return new Feed(loop, producer, groupId, stepMs);
  }

  private constructor(loop: Loop, producer: Producer, groupId: string, stepMs: number) {
    this.#loop = loop;
    this.#producer = producer;
    this.#groupId = groupId;
    this.#stepMs = stepMs;
  }

  /** Event time up to which everything has been published; `-Infinity` at first. */
  async position(): Promise<number> {
    const [at] = await this.#loop.backbone.committed(this.#groupId, [clock.name]);
    return at === undefined ? Number.NEGATIVE_INFINITY : at.offset * this.#stepMs;
  }

  async publish(step: HistoryStep): Promise<void> {
    const encode = (records: readonly Published<unknown>[]): Promise<OutgoingRecord[]> =>
      Promise.all(records.map((record) => this.#loop.publisher.encode(record)));
    const outcomes = await encode(step.outcomes);
    const requests = await encode(step.requests.map(withReply));
    const tick = await encode([{ topic: clock, key: "clock", value: { time: step.until }, time: step.until }]);
    const position = { topic: clock.name, partition: 0, offset: Math.floor(step.until / this.#stepMs) };
    if (this.#loop.backbone.kind === "embedded") {
      const transaction = await this.#producer.begin();
      await transaction.send([...outcomes, ...requests, ...tick]);
      await transaction.sendOffsets(this.#groupId, [position]);
      await transaction.commit();
    } else {
      if (outcomes.length > 0) await this.#producer.send(outcomes);
      await this.#producer.send([...requests, ...tick]);
      await this.#loop.backbone.commit(this.#groupId, [position]);
    }
  }

  /** Moves event time on, with nothing published. */
  async tick(until: number): Promise<void> {
    await this.publish({ until, requests: [], outcomes: [], bad: [] });
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
