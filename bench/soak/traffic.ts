import { decisionReplies, decisionRequests, events, observations } from "../../schemas/index.ts";
import {
  CORRELATION_ID,
  partitionOf,
  replyHeaders,
  Serdes,
  type Backbone,
  type OutgoingRecord,
  type Producer,
  type Reader,
  type SchemaRegistry,
  type Topic,
} from "../../streams/index.ts";
import { seeded } from "./random.ts";

export const STREAMS = ["soak", "soak-trained"] as const;
const REPLY_PARTITION = 0;
const TURN_MS = 20;
/** Requests of one call of `preload`'s producer. */
const PRELOADED_AT_ONCE = 2_000;
const STORES = 200;

export interface TrafficOptions {
  readonly backbone: Backbone;
  readonly registry: SchemaRegistry;
  /** Requests a second; may be changed by `rate`. */
  readonly rate: number;
  /** Event time, ms, now. */
  readonly eventTime: () => number;
  /** Share of the requests that go to the use case which is trained. */
  readonly trainedShare: number;
  /** An observation comes so long after its request, ms of event time. */
  readonly observedAfterMs: number;
  readonly eventsPerRequest: number;
  /** A product does not go on asking without answers: so many seconds' worth of requests may be unanswered. */
  readonly unansweredSeconds: number;
  /** Bytes of padding in each request's context. */
  readonly padding?: number;
}

export interface Heard {
  readonly sent: number;
  readonly replies: number;
  readonly errors: number;
  /** Milliseconds from the turn in which a request should have gone to its reply, of the replies since the last call. */
  readonly latencies: readonly number[];
}

/** A product: asks at a steady rate as long as it is answered, observes half of its decisions, tells of events, and hears its replies. */
export class Traffic {
  rate: number;
  readonly #options: TrafficOptions;
  readonly #serdes: Serdes;
  readonly #producer: Producer;
  readonly #replies: Reader;
  readonly #random = seeded(11);
  readonly #partitions = new Map<string, number>();
  readonly #toObserve: { readonly id: string; readonly at: number; readonly value: number }[] = [];
  readonly #padding: string;
  #sent = 0;
  #heard = 0;
  #errors = 0;
  #latencies: number[] = [];
  #owed = 0;
  #answeredTime = 0;
  #stopping = false;
  #running: Promise<unknown> | undefined;

  static async open(options: TrafficOptions): Promise<Traffic> {
    const { backbone, registry } = options;
    const serdes = new Serdes(registry);
    const partitions = new Map<string, number>();
    for (const topic of [decisionRequests, observations, events, decisionReplies]) {
      await serdes.open(topic);
      partitions.set(topic.name, (await backbone.partitions(topic.name))!);
    }
    const end = (await backbone.offsets([decisionReplies.name])).find(
      ({ partition }) => partition === REPLY_PARTITION,
    )!;
    const replies = await backbone.reader([{ ...end, offset: end.end }]);
    return new Traffic(options, serdes, await backbone.producer(), replies, partitions);
  }

  private constructor(
    options: TrafficOptions,
    serdes: Serdes,
    producer: Producer,
    replies: Reader,
    partitions: ReadonlyMap<string, number>,
  ) {
    this.#options = options;
    this.rate = options.rate;
    this.#serdes = serdes;
    this.#producer = producer;
    this.#replies = replies;
    for (const [topic, count] of partitions) this.#partitions.set(topic, count);
    this.#padding = "x".repeat(options.padding ?? 0);
  }

  start(): void {
    this.#running = Promise.all([this.#send(), this.#hear()]);
  }

  async #send(): Promise<void> {
    let last = performance.now();
    while (!this.#stopping) {
      await new Promise((resolve) => setTimeout(resolve, TURN_MS));
      const now = performance.now();
      this.#owed += ((now - last) * this.rate) / 1_000;
      last = now;
      const { unansweredSeconds } = this.#options;
      const room = Number.isFinite(unansweredSeconds)
        ? Math.max(0, this.rate * unansweredSeconds - this.behind)
        : Infinity;
      const count = Math.min(Math.floor(this.#owed), room);
      this.#owed = Math.min(this.#owed - count, this.rate);
      await this.#producer.send(this.#turn(count, now));
      this.#sent += count;
    }
  }

  #turn(count: number, now: number): OutgoingRecord[] {
    const { eventTime, trainedShare, observedAfterMs, eventsPerRequest } = this.#options;
    const time = Math.floor(eventTime());
    const records: OutgoingRecord[] = [];
    for (let i = 0; i < count; i++) {
      const decisionId = `d${this.#sent + i}`;
      const unit = `u${Math.floor(this.#random() * 50_000)}`;
      const x = Math.round(this.#random() * 1_000) / 1_000;
      const useCase = this.#random() < trainedShare ? STREAMS[1] : STREAMS[0];
      const store = `s${Math.floor(this.#random() * STORES)}`;
      const context = { x, store, ...(this.#padding === "" ? {} : { padding: this.#padding }) };
      const value = {
        decisionId,
        useCase,
        unit,
        context,
        deferred: false,
        logged: null,
        candidates: [],
        answered: null,
      };
      const headers = replyHeaders(decisionReplies.name, REPLY_PARTITION, Buffer.from(`${now} ${time}`));
      records.push({ ...this.#record(decisionRequests, decisionId, value, time), headers });
      if (this.#random() < 0.5) {
        const hit = this.#random() < 0.1 + 0.8 * x ? 1 : 0;
        this.#toObserve.push({ id: decisionId, at: time + observedAfterMs, value: hit });
      }
      if (this.#random() < eventsPerRequest) records.push(this.#visit(time, store));
    }
    let due = 0;
    while (due < this.#toObserve.length && this.#toObserve[due]!.at <= time) due++;
    for (const { id, at, value: y } of this.#toObserve.splice(0, due)) {
      records.push(
        this.#record(
          observations,
          id,
          { decisionId: id, useCase: "", observationId: "only", optionId: "", activation: false, values: { y } },
          at,
        ),
      );
    }
    return records;
  }

  /** Tells of so many events of the time `[from, to)`, ms of event time, before the traffic starts: windows keep a day of them. */
  async tellPast(count: number, from: number, to: number): Promise<void> {
    for (let at = 0; at < count; at += PRELOADED_AT_ONCE) {
      const length = Math.min(PRELOADED_AT_ONCE, count - at);
      await this.#producer.send(
        Array.from({ length }, (_, i) => this.#visit(Math.floor(from + ((to - from) * (at + i)) / count))),
      );
    }
  }

  #visit(time: number, store = `s${Math.floor(this.#random() * STORES)}`): OutgoingRecord {
    const attributes = { store, minutes: Math.round(this.#random() * 100) };
    return this.#record(events, store, { kind: "visit", attributes }, time);
  }

  #record<V>(topic: Topic<V>, name: string, value: V, timestamp: number): OutgoingRecord {
    const key = Buffer.from(name);
    const partition = partitionOf(key, this.#partitions.get(topic.name)!);
    return { topic: topic.name, partition, timestamp, key, value: this.#serdes.encode(topic, value) };
  }

  async #hear(): Promise<void> {
    while (!this.#stopping) {
      for (const { records } of await this.#replies.poll(100)) {
        const now = performance.now();
        for (const { headers, value } of records) {
          this.#heard++;
          const [sentAt, time] = Buffer.from(headers[CORRELATION_ID]!).toString().split(" ").map(Number) as [
            number,
            number,
          ];
          this.#latencies.push(now - sentAt);
          this.#answeredTime = Math.max(this.#answeredTime, time);
          if (this.#heard % 1_000 === 0 && this.#serdes.decode(decisionReplies, value!).reason === "error")
            this.#errors++;
        }
      }
    }
  }

  /** Event time, ms, that the loop has come to. */
  get answeredTime(): number {
    return this.#answeredTime;
  }

  /** Requests that are sent and not answered. */
  get behind(): number {
    return this.#sent - this.#heard;
  }

  get answered(): number {
    return this.#heard;
  }

  /** Sends so many requests as fast as they are stored; nobody listens. */
  async preload(count: number): Promise<void> {
    for (let left = count; left > 0; left -= PRELOADED_AT_ONCE) {
      const now = Math.min(left, PRELOADED_AT_ONCE);
      await this.#producer.send(this.#turn(now, performance.now()));
      this.#sent += now;
    }
  }

  /** Counts since the start, and the latencies since the last call. */
  heard(): Heard {
    const latencies = this.#latencies;
    this.#latencies = [];
    return { sent: this.#sent, replies: this.#heard, errors: this.#errors, latencies };
  }

  async close(): Promise<void> {
    this.#stopping = true;
    await this.#running;
    await this.#replies.close();
    await this.#producer.close();
  }
}
