import { isDeepStrictEqual } from "node:util";
import { clock, decisionReplies, decisionRequests, observations, type DecisionReplied } from "../../schemas/index.ts";
import {
  createConfluentRegistry,
  partitionOf,
  replyHeaders,
  Serdes,
  StreamsError,
  type Backbone,
  type OutgoingRecord,
  type Producer,
  type Reader,
  type SchemaRegistry,
  type Topic,
} from "../../streams/index.ts";

export interface Place {
  readonly backbone: Backbone;
  readonly registry: SchemaRegistry;
  close(): Promise<void>;
}

/** A backbone on Kafka with the registry at the address; closing it closes both. */
export function placeOn(backbone: Backbone, registryUrl: string): Place {
  const registry = createConfluentRegistry({ url: registryUrl });
  return {
    backbone,
    registry,
    async close() {
      await backbone.close();
      await registry.close();
    },
  };
}

/** Opens the backbone, waiting for it as long as it takes. */
export type OpenPlace = () => Promise<Place>;

const REPLY_PARTITION = 0;
const REWIND = 20_000;
const GIVE_UP_MS = 180_000;

/**
 * A product in a chaos run: sends requests, observations and ticks until they are stored, however often the backbone goes
 * away, and remembers the first reply to every decision id and whether a later one differed.
 */
export class Product {
  readonly #open: OpenPlace;
  #place: Place | undefined;
  #serdes: Serdes | undefined;
  #producer: Producer | undefined;
  #replies: Reader | undefined;
  #next: number | undefined;
  readonly seen = new Map<string, DecisionReplied>();
  readonly different: string[] = [];
  /** Replies by decision id, where there was more than one. */
  readonly repeated = new Map<string, number>();
  /** Replies that came, repeated ones too. */
  replies = 0;
  /** Told of each reply. */
  onReply: ((reply: DecisionReplied) => void) | undefined;
  /** Sends that failed and were made again. */
  resent = 0;

  constructor(open: OpenPlace) {
    this.#open = open;
  }

  async #connected(): Promise<{ readonly backbone: Backbone; readonly serdes: Serdes; readonly producer: Producer }> {
    if (this.#place === undefined || this.#serdes === undefined || this.#producer === undefined) {
      this.#place = await this.#open();
      this.#serdes = new Serdes(this.#place.registry);
      for (const topic of [decisionRequests, observations, clock]) await this.#serdes.open(topic);
      this.#producer = await this.#place.backbone.producer();
    }
    return { backbone: this.#place.backbone, serdes: this.#serdes, producer: this.#producer };
  }

  async #disconnect(): Promise<void> {
    const place = this.#place;
    this.#place = this.#serdes = this.#producer = this.#replies = undefined;
    await place?.close().catch(() => undefined);
  }

  /** Tries again with a new connection until it works. What was sent may then be there twice: that is the point. */
  async insist<T>(work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    for (;;) {
      try {
        return await work();
      } catch (error) {
        const passing =
          error instanceof StreamsError &&
          (error.flags.retry || error.code === "CLOSED" || error.code === "BACKBONE_GONE");
        if (!passing || performance.now() - started > GIVE_UP_MS) throw error;
        this.resent++;
        await this.#disconnect();
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  request(decisionId: string, unit: string, useCase: string, context: Record<string, number | string>, time: number) {
    const value = { decisionId, useCase, unit, context, deferred: false };
    const headers = replyHeaders(decisionReplies.name, REPLY_PARTITION, Buffer.from(decisionId));
    return { topic: decisionRequests, key: decisionId, value, time, headers };
  }

  observation(decisionId: string, values: Record<string, number | string>, time: number) {
    return {
      topic: observations,
      key: decisionId,
      value: { decisionId, useCase: "", observationId: "only", values },
      time,
    };
  }

  send(
    records: readonly { topic: Topic<never>; key: string; value: unknown; time: number; headers?: object }[],
  ): Promise<void> {
    return this.insist(async () => {
      const { backbone, serdes, producer } = await this.#connected();
      const outgoing: OutgoingRecord[] = [];
      for (const { topic, key, value, time, headers } of records) {
        const bytes = Buffer.from(key);
        outgoing.push({
          topic: topic.name,
          partition: partitionOf(bytes, (await backbone.partitions(topic.name))!),
          timestamp: time,
          key: bytes,
          value: serdes.encode(topic, value as never),
          ...(headers === undefined ? {} : { headers: headers as Record<string, Uint8Array> }),
        });
      }
      await producer.send(outgoing);
    });
  }

  async tick(time: number): Promise<void> {
    await this.send([{ topic: clock, key: "clock", value: { time }, time } as never]);
  }

  /** Reads the replies that are there. */
  hear(waitMs: number): Promise<void> {
    return this.insist(async () => {
      const { backbone, serdes } = await this.#connected();
      if (this.#replies === undefined) {
        const offset = this.#next ?? 0;
        this.#replies = await backbone.reader([{ topic: decisionReplies.name, partition: REPLY_PARTITION, offset }]);
      }
      for (const { records } of await this.#replies.poll(waitMs)) {
        for (const { offset, value } of records) {
          this.#next = offset + 1;
          if (!serdes.knows(value!)) await serdes.learn(value!);
          this.#note(serdes.decode(decisionReplies, value!));
        }
      }
    });
  }

  /** The log may have lost its end, replies too: they are read again from further back. */
  rewind(): void {
    this.#next = Math.max(0, (this.#next ?? 0) - REWIND);
    this.#replies = undefined;
  }

  #note(reply: DecisionReplied): void {
    this.replies++;
    this.onReply?.(reply);
    const first = this.seen.get(reply.decisionId);
    if (first === undefined) this.seen.set(reply.decisionId, reply);
    else {
      this.repeated.set(reply.decisionId, (this.repeated.get(reply.decisionId) ?? 1) + 1);
      if (!isDeepStrictEqual({ ...first }, { ...reply })) this.different.push(reply.decisionId);
    }
  }

  close(): Promise<void> {
    return this.#disconnect();
  }
}
