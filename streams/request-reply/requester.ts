import { randomUUID } from "node:crypto";
import type { Backbone, Headers, LogRecord } from "../backbone/backbone.ts";
import { StreamsError } from "../errors.ts";
import { Outages } from "../outage.ts";
import type { Serdes } from "../serde/serdes.ts";
import type { Topic } from "../topic.ts";
import { CORRELATION_ID, replyHeaders } from "./headers.ts";
import { ReplyTail } from "./reply-tail.ts";
import { Sender } from "./sender.ts";

export interface RequesterOptions<Q, R> {
  readonly backbone: Backbone;
  readonly serdes: Serdes;
  readonly requests: Topic<Q>;
  readonly replies: Topic<R>;
  /** Chooses the partition of the replies that this instance reads. Absent: any. */
  readonly instanceId?: string | undefined;
  /** A sender shared with other writers; it stays open when the requester closes. */
  readonly sender?: Sender | undefined;
  /** Hears that replies can't be read. Default: silence. */
  readonly outages?: Outages | undefined;
}

export interface Request<Q> {
  readonly key: string;
  readonly value: Q;
  /** Event time, ms. */
  readonly time: number;
  /** Beside those of the reply. */
  readonly headers?: Headers | undefined;
  /** Absent: that of the key. */
  readonly partition?: number | undefined;
}

/** Asks and waits for answers. Many requests may be open at once. */
export interface Requester<Q, R> {
  /**
   * The reply to this request. Rejects with `TIMEOUT` after `timeoutMs`; a later answer is dropped. Also rejects with
   * `RECORD_TOO_LARGE`, `UNENCODABLE`, `BAD_TIME`, `UNKNOWN_TOPIC`, `BACKBONE_UNAVAILABLE`, `UNDECODABLE` or `CLOSED`.
   */
  request(request: Request<Q>, timeoutMs: number): Promise<R>;
  /** Rejects open requests with `CLOSED`. */
  close(): Promise<void>;
}

interface Pending<R> {
  readonly resolve: (reply: R) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/** Nothing is opened and nothing read before the first request. */
export function createRequester<Q, R>(options: RequesterOptions<Q, R>): Requester<Q, R> {
  return new ReplyingTopic(options);
}

class ReplyingTopic<Q, R> implements Requester<Q, R> {
  readonly #options: RequesterOptions<Q, R>;
  readonly #sender: Sender;
  readonly #pending = new Map<string, Pending<R>>();
  readonly #instance = randomUUID();
  #tail: ReplyTail | undefined;
  #opening: Promise<ReplyTail> | undefined;
  #count = 0;
  #closing = false;

  constructor(options: RequesterOptions<Q, R>) {
    this.#options = options;
    this.#sender = options.sender ?? new Sender(options.backbone, options.serdes);
  }

  request(request: Request<Q>, timeoutMs: number): Promise<R> {
    if (this.#closing) return Promise.reject(closed());
    return new Promise((resolve, reject) => {
      const id = `${this.#instance}/${this.#count++}`;
      const timer = setTimeout(() => this.#settle(id)?.reject(this.#timeout(timeoutMs)), timeoutMs);
      this.#pending.set(id, { resolve, reject, timer });
      this.#send(id, request).catch((error: unknown) => this.#settle(id)?.reject(error));
    });
  }

  async #send(id: string, { key, value, time, headers: more, partition: to }: Request<Q>): Promise<void> {
    const { requests, replies } = this.#options;
    const { partition } = this.#tail ?? (await this.#open());
    if (!this.#pending.has(id)) return;
    const headers = { ...more, ...replyHeaders(replies.name, partition, Buffer.from(id)) };
    await this.#sender.send(requests, { key, value, time, headers, partition: to });
  }

  #open(): Promise<ReplyTail> {
    const { backbone, replies, instanceId } = this.#options;
    const outage = (this.#options.outages ?? new Outages()).of("replies");
    this.#opening ??= ReplyTail.open(backbone, replies.name, instanceId, outage, (record) =>
      this.#received(record),
    ).then(
      (tail) => (this.#tail = tail),
      (error: unknown) => {
        this.#opening = undefined;
        throw error;
      },
    );
    return this.#opening;
  }

  async #received(record: LogRecord): Promise<void> {
    const correlationId = record.headers[CORRELATION_ID];
    if (correlationId === undefined || record.value === null) return;
    const id = Buffer.from(correlationId).toString();
    if (!this.#pending.has(id)) return;
    const { serdes, replies } = this.#options;
    try {
      if (!serdes.knows(record.value)) await serdes.learn(record.value);
      const reply = serdes.decode(replies, record.value);
      this.#settle(id)?.resolve(reply);
    } catch (error) {
      this.#settle(id)?.reject(error);
    }
  }

  /** Removes the request from the open ones; `undefined` if it was settled before. */
  #settle(id: string): Pending<R> | undefined {
    const pending = this.#pending.get(id);
    if (pending === undefined) return undefined;
    clearTimeout(pending.timer);
    this.#pending.delete(id);
    return pending;
  }

  #timeout(timeoutMs: number): StreamsError {
    const { requests, replies } = this.#options;
    return new StreamsError(
      "TIMEOUT",
      `no reply on ${replies.name} to a record on ${requests.name} within ${timeoutMs} ms: ` +
        `is the application running, and is its lag small?`,
      this.#tail?.outage,
    );
  }

  async close(): Promise<void> {
    this.#closing = true;
    for (const id of [...this.#pending.keys()]) this.#settle(id)?.reject(closed());
    await (await this.#opening?.catch(() => undefined))?.close();
    if (this.#options.sender === undefined) await this.#sender.close();
  }
}

const closed = (): StreamsError => new StreamsError("CLOSED", "this requester is closed: create another one");
