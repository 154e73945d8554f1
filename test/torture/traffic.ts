import { events, observations } from "../../schemas/index.ts";
import { partitionOf } from "../../streams/index.ts";
import type { OpenPlace } from "../chaos/product.ts";
import { PARTITIONS } from "./place.ts";
import { Reconnecting } from "./reconnecting.ts";

/** Longer than any start takes. The answer to who asked before a kill may never come: then it is asked again. */
const ANSWER_MS = 60_000;
const AT_ONCE = 50;

/** What the loop's restart is measured with: decisions of the control use case under ids of its own. */
export class Traffic {
  readonly #open: OpenPlace;
  readonly #connection: Reconnecting;
  #next = 0;

  constructor(open: OpenPlace) {
    this.#open = open;
    this.#connection = new Reconnecting(open);
  }

  /** So many decisions, each with an event before it and an observation behind it. Resolves once all are answered, whatever goes away meanwhile. */
  async work(count: number): Promise<void> {
    for (let left = count; left > 0; left -= AT_ONCE) {
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, left) }, () => this.#decision()));
    }
  }

  async #decision(): Promise<void> {
    const id = this.#id();
    const time = Date.now();
    const click = { kind: "click", attributes: { who: id, amount: 1 } };
    const bought = { decisionId: id, observationId: "only", values: { kind: "purchase", price: 4 } };
    await this.#connection.insist(({ sender }) => sender.send(events, { key: id, value: click, time: time - 1 }));
    await answered(this.#connection, id, time);
    await this.#connection.insist(({ sender }) =>
      sender.send(observations, { key: id, value: bought as never, time: time + 1 }),
    );
  }

  /** Asks every partition, from now on. @returns when the last of them has answered, ms from now. */
  async untilAnswered(): Promise<number> {
    const began = performance.now();
    const connection = new Reconnecting(this.#open);
    try {
      const asks = Array.from({ length: PARTITIONS }, (_, partition) =>
        answered(connection, this.#id(partition), Date.now()),
      );
      await Promise.all(asks);
      return performance.now() - began;
    } finally {
      await connection.close();
    }
  }

  /** @param partition of the requests, where it matters. */
  #id(partition?: number): string {
    for (;;) {
      const id = `restart-${this.#next++}`;
      if (partition === undefined || partitionOf(Buffer.from(id), PARTITIONS) === partition) return id;
    }
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}

async function answered(connection: Reconnecting, decisionId: string, time: number): Promise<void> {
  const context = { x: 1, plan: "free", who: decisionId };
  const value = { decisionId, useCase: "control", unit: decisionId, context, deferred: false };
  const ask = { key: decisionId, value, time };
  const reply = await connection.insist(({ requester }) => requester.request(ask, ANSWER_MS));
  if (reply.reason !== "noModel" || reply.decisionId !== decisionId) {
    throw new Error(`${decisionId} was answered ${reply.reason} ${reply.error ?? ""}`);
  }
}
