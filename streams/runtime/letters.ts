import type { Backbone, Fetch, Producer } from "../backbone/backbone.ts";
import { timeOfLetter, type Arrival } from "../task/arrival.ts";
import { letterOutput, type LetterParts, type Output } from "../task/output.ts";
import type { Outbox } from "./outbox.ts";

export interface LettersOptions extends LetterParts {
  readonly backbone: Pick<Backbone, "producer">;
  readonly outbox: Outbox;
  /** The time at which what is read now arrives. */
  readonly arrival: () => Arrival;
}

/**
 * Dead letters of what is read beside the tasks. They have a producer of their own: they are stored before it is remembered that their records were
 * read, so a process that is killed in between buries them again and loses none.
 */
export class Letters {
  readonly #options: LettersOptions;
  #producer: Producer | undefined;
  #waiting: Output[] = [];

  constructor(options: LettersOptions) {
    this.#options = options;
  }

  /** Buries a record of the globals with the next `store`. */
  add({ topic, partition, records }: Fetch, index: number, error: unknown): void {
    const record = records[index]!;
    const origin = { topic, partition, offset: record.unreadable?.firstOffset ?? record.offset };
    const time = timeOfLetter(record.timestamp, this.#options.arrival());
    this.#waiting.push(letterOutput(this.#options, origin, "globals", error, time, record));
  }

  /** Resolves when all that were added are stored. After a rejection it may be called again. */
  async store(): Promise<void> {
    const { backbone, outbox } = this.#options;
    const letters = this.#waiting;
    if (letters.length === 0) return;
    this.#producer ??= await backbone.producer();
    await this.#producer.send(await outbox.address(letters, performance.now()));
    this.#waiting = this.#waiting.slice(letters.length);
  }

  async close(): Promise<void> {
    await this.#producer?.close();
  }
}
