import { clock, decisionReplies } from "../../schemas/index.ts";
import type { Tools } from "../loop.ts";
import {
  replyHeaders,
  SOURCE_HEADER,
  type OutgoingRecord,
  type Position,
  type Producer,
  type Published,
} from "../../streams/index.ts";

type FeedTools = Pick<Tools, "backbone" | "publisher">;
type Records = readonly Published<unknown>[];

export interface FeedOptions {
  /** The name under which the feed remembers how far it came. */
  readonly groupId: string;
  /** A second feed of the name ends the first. Default: `groupId`. */
  readonly producerId?: string | undefined;
  /** The source whose event time the feed moves; no other source's. */
  readonly source: string;
  /** Steps end at multiples of it; ms of event time. */
  readonly stepMs: number;
  /** Ask for replies, on `REPLY_PARTITION_OF_FEED`. */
  readonly replies: boolean;
  /** The clock, ms: no tick goes past it. Default `Date.now`. */
  readonly now?: () => number;
}

/** Records that are published at once, up to one moment of event time. */
export interface FeedStep {
  /** Event time, ms: everything before it has been published then. */
  readonly until: number;
  /** Where the feed is then by its own memory; event time, ms. Absent: at `until`. */
  readonly position?: number | undefined;
  /** Events and observations, and the memory of them. */
  readonly outcomes: Records;
  readonly requests: Records;
  /** The memory of the requests, and records that are no history. */
  readonly rest?: Records;
  /** False: time does not move, since later steps may be of an earlier time. */
  readonly moves?: boolean;
}

/** The partition of the replies topic that the feed reads. */
export const REPLY_PARTITION_OF_FEED = 0;

/**
 * Publishes history step by step, and remembers how far it came. On the embedded backbone a step and the memory of it
 * are one atomic write. On Kafka they are two transactions. Readers can see the outcomes before the first request is
 * there. A crash in between repeats the outcomes of one step, unless the memory of them tells that they are there.
 */
export class Feed {
  readonly #loop: FeedTools;
  readonly #producer: Producer;
  readonly #options: FeedOptions;
  #source: Buffer;

  static async open(loop: FeedTools, options: FeedOptions): Promise<Feed> {
    const producer = await loop.backbone.producer({ transactionalId: options.producerId ?? options.groupId });
    return new Feed(loop, producer, options);
  }

  private constructor(loop: FeedTools, producer: Producer, options: FeedOptions) {
    this.#loop = loop;
    this.#producer = producer;
    this.#options = options;
    this.#source = Buffer.from(options.source);
  }

  /** From now on it moves the time of another source. */
  moveTimeOf(source: string): void {
    this.#source = Buffer.from(source);
  }

  /** Event time up to which everything has been published; `-Infinity` at first. */
  async position(): Promise<number> {
    const [at] = await this.#loop.backbone.committed(this.#options.groupId, [clock.name]);
    return at === undefined ? Number.NEGATIVE_INFINITY : at.offset * this.#options.stepMs;
  }

  async publish(step: FeedStep): Promise<void> {
    const outcomes = await this.#encode(step.outcomes);
    const requests = await this.#encode(this.#options.replies ? step.requests.map(withReply) : step.requests);
    const rest = await this.#encode(step.rest ?? []);
    // History ends now: if a step or a wait reaches further, the loop's own ticks go on from there.
    const time = Math.min(step.until, (this.#options.now ?? Date.now)());
    const tick =
      step.moves === false
        ? []
        : await this.#encode([{ topic: clock, key: this.#source.toString(), value: { time }, time }]);
    const { position: at = step.until } = step;
    const position = { topic: clock.name, partition: 0, offset: Math.floor(at / this.#options.stepMs) };
    const isApart = this.#loop.backbone.kind === "kafka" && outcomes.length > 0;
    if (isApart) await this.#write(outcomes);
    await this.#write(
      [...(isApart ? [] : outcomes), ...requests, ...rest, ...tick],
      step.moves === false ? undefined : position,
    );
  }

  #encode(records: Records): Promise<OutgoingRecord[]> {
    const from = { [SOURCE_HEADER]: this.#source };
    return this.#loop.publisher.encodeAll(
      records.map((record) => ({
        ...record,
        headers: record.headers === undefined ? from : { ...record.headers, ...from },
      })),
    );
  }

  async #write(records: readonly OutgoingRecord[], position?: Position): Promise<void> {
    const transaction = await this.#producer.begin();
    await transaction.send(records);
    if (position !== undefined) await transaction.sendOffsets(this.#options.groupId, [position]);
    await transaction.commit();
    // Until then the log's end may lie before them, and a loop that is asked whether it is idle would say yes.
    await this.#producer.settled?.();
  }

  /** Moves event time on, with nothing published. */
  async tick(until: number, position?: number): Promise<void> {
    await this.publish({ until, position, requests: [], outcomes: [] });
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
