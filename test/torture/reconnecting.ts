import { setTimeout as sleep } from "node:timers/promises";
import { decisionReplies, decisionRequests, type DecisionReplied } from "../../schemas/index.ts";
import { createRequester, Sender, Serdes, type Requester } from "../../streams/index.ts";
import type { OpenPlace, Place } from "../chaos/product.ts";

/** Longer than anything is away, and an answer that went with it is waited for. */
const INSIST_MS = 180_000;

export interface Connection {
  readonly place: Place;
  readonly sender: Sender;
  readonly requester: Requester<unknown, DecisionReplied>;
}

/** A product's connection that is made anew where it breaks: whoever served the old one may have gone. */
export class Reconnecting {
  readonly #open: OpenPlace;
  #connection: Promise<Connection> | undefined;

  constructor(open: OpenPlace) {
    this.#open = open;
  }

  /** Does `work` again with a new connection, a quarter of a second apart, while `INSIST_MS` are not over. */
  async insist<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    for (const deadline = performance.now() + INSIST_MS; ;) {
      const connection = this.#connected();
      try {
        return await work(await connection);
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await this.#disconnect(connection);
        await sleep(250);
      }
    }
  }

  #connected(): Promise<Connection> {
    this.#connection ??= this.#open().then((place) => {
      const serdes = new Serdes(place.registry);
      const sender = new Sender(place.backbone, serdes);
      const requester = createRequester<unknown, DecisionReplied>({
        ...{ backbone: place.backbone, serdes, sender },
        requests: decisionRequests as never,
        replies: decisionReplies,
      });
      return { place, sender, requester };
    });
    return this.#connection;
  }

  async #disconnect(of: Promise<Connection> | undefined = this.#connection): Promise<void> {
    if (of !== this.#connection) return;
    this.#connection = undefined;
    const open = await of?.catch(() => undefined);
    await open?.requester.close().catch(() => undefined);
    await open?.sender.close().catch(() => undefined);
    await open?.place.close().catch(() => undefined);
  }

  close(): Promise<void> {
    return this.#disconnect();
  }
}
