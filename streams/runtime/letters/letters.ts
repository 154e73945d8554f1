import type { Backbone, Fetch, LogRecord, PartitionOffsets, Producer } from "../../backbone/backbone.ts";
import type { Log } from "../../log.ts";
import type { Origin } from "../../operator.ts";
import { reasonOf } from "../../outage.ts";
import type { StateEngine } from "../../state/engine.ts";
import { timeOfLetter, type Arrival } from "../../task/arrival.ts";
import { letterKey, type DeadLetterValue } from "../../task/dead-letter.ts";
import { outgoingLetter, type LetterParts, type OutgoingLetter } from "../../task/output.ts";
import type { Topic } from "../../topic.ts";
import { Buried, contentOf } from "./buried.ts";
import { KnownLetters, type Known } from "./known-letters.ts";
import type { Outbox } from "../commit/outbox.ts";

export interface LettersOptions extends LetterParts {
  readonly backbone: Backbone;
  readonly deadLetters: Topic<DeadLetterValue>;
  readonly outbox: Outbox;
  /** Counts a letter that is stored, and says so. */
  readonly onDeadLetter: (letter: DeadLetterValue) => void;
  /** The arrival time of records that are read now. */
  readonly arrival: () => Arrival;
  /**
   * Ends of the topics when the process joined. Records before them may have been buried already, by this process or an
   * earlier one.
   */
  readonly ends: readonly PartitionOffsets[];
  /** Topics that are read from their start each time. */
  readonly tables: ReadonlySet<string>;
  /** Keeps the known letters of the tables. */
  readonly engine: StateEngine;
  readonly log: Log;
}

interface Met {
  readonly origin: Origin;
  readonly error: unknown;
  readonly time: number;
  readonly record: LogRecord;
}

/**
 * Dead letters of records that are read beside the tasks. They have a producer of their own. They are stored before
 * their records count as read, so a process that is killed in between loses none. Tables are read anew at each start; a
 * letter that exists already is not written again.
 */
export class Letters {
  readonly #options: LettersOptions;
  readonly #buried: Buried;
  #producer: Producer | undefined;
  #met: Met[] = [];
  #waiting: OutgoingLetter[] = [];
  #known: Promise<KnownLetters | undefined> | undefined;
  /** Of tables, to be known once their letters are stored. */
  #learnt: Known[] = [];

  constructor(options: LettersOptions) {
    this.#options = options;
    const { backbone, serdes, deadLetters } = options;
    this.#buried = new Buried(backbone, serdes, deadLetters);
  }

  /** Buries a record of the globals with the next `store`. */
  add({ topic, partition, records }: Fetch, index: number, error: unknown): void {
    const record = records[index]!;
    const origin = { topic, partition, offset: record.unreadable?.firstOffset ?? record.offset };
    this.#met.push({ origin, error, time: timeOfLetter(record.timestamp, this.#options.arrival()), record });
  }

  /** Resolves when all that were added are stored. After a rejection it may be called again. */
  async store(): Promise<void> {
    for (let met = this.#met[0]; met !== undefined; met = this.#met[0]) {
      if (!(await this.#isBuried(met))) {
        const { origin, error, time, record } = met;
        this.#waiting.push(outgoingLetter(this.#options, origin, "globals", error, time, record));
      }
      this.#met.shift();
    }
    await this.#send();
    const learnt = this.#learnt;
    if (learnt.length === 0) return;
    await (await this.#opened())?.add(learnt);
    this.#learnt = this.#learnt.slice(learnt.length);
  }

  async #isBuried({ origin, record }: Met): Promise<boolean> {
    const isOld = this.#isOld(origin);
    if (!this.#options.tables.has(origin.topic)) return isOld && this.#buried.has(origin, record);
    const letter = { place: letterKey(origin), content: contentOf(record) };
    if (isOld && (await this.#opened())?.has(letter) === true) return true;
    this.#learnt.push(letter);
    return isOld && this.#buried.has(origin, record);
  }

  #opened(): Promise<KnownLetters | undefined> {
    return (this.#known ??= this.#openKnown());
  }

  /** Without it letters are looked for among all of them, which takes longer. */
  async #openKnown(): Promise<KnownLetters | undefined> {
    const { backbone, engine, deadLetters, log } = this.#options;
    try {
      return await KnownLetters.open({ backbone, engine, deadLetters: deadLetters.name, log });
    } catch (error) {
      log.warn({ error: reasonOf(error) }, "the store of known dead letters can't be opened: all of them are read");
      return undefined;
    }
  }

  async #send(): Promise<void> {
    const { backbone, outbox, onDeadLetter } = this.#options;
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#producer ??= await backbone.producer();
    const outputs = waiting.map(({ output }) => output);
    await this.#producer.send(await outbox.address(outputs, performance.now()));
    for (const { letter } of waiting) onDeadLetter(letter);
    this.#waiting = this.#waiting.slice(waiting.length);
  }

  #isOld({ topic, partition, offset }: Origin): boolean {
    return this.#options.ends.some((at) => at.topic === topic && at.partition === partition && offset < at.end);
  }

  async close(): Promise<void> {
    await (await this.#known)?.close();
    await this.#producer?.close();
  }
}
