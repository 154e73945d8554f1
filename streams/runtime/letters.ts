import type { Backbone, Producer } from "../backbone/backbone.ts";
import type { Output } from "../task/operator-chain.ts";
import type { Outbox } from "./outbox.ts";

/**
 * Dead letters of what is read beside the tasks. They have a producer of their own: they are stored before it is remembered that their records were
 * read, so a process that is killed in between buries them again and loses none.
 */
export class Letters {
  readonly #backbone: Pick<Backbone, "producer">;
  readonly #outbox: Outbox;
  #producer: Producer | undefined;
  #waiting: Output[] = [];

  constructor(backbone: Pick<Backbone, "producer">, outbox: Outbox) {
    this.#backbone = backbone;
    this.#outbox = outbox;
  }

  add(letter: Output): void {
    this.#waiting.push(letter);
  }

  /** Resolves when all that were added are stored. After a rejection it may be called again. */
  async store(): Promise<void> {
    const letters = this.#waiting;
    if (letters.length === 0) return;
    this.#producer ??= await this.#backbone.producer();
    await this.#producer.send(await this.#outbox.address(letters, performance.now()));
    this.#waiting = this.#waiting.slice(letters.length);
  }

  async close(): Promise<void> {
    await this.#producer?.close();
  }
}
