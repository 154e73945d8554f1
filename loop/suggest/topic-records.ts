import { reasonOf, readTopic, type StreamRecord, type Topic, type TopicTools } from "../../streams/index.ts";

/** What was read of a topic. */
export interface ReadOfTopic {
  readonly topic: string;
  /** Records with a value that can be read, of every use case. */
  readonly records: number;
  /** Those that the suggestion is made of. */
  readonly used: number;
  /** Of these the newest ones that windows, waits and leaks are judged by. */
  readonly sampled: number;
  /** Event times of the first and the last that is used, ms; null: there is none. */
  readonly from: number | null;
  readonly to: number | null;
  readonly tombstones: number;
  /** Records that can't be decoded, or that are over a limit of their topic. */
  readonly unreadable: number;
  /** The place of the first of these, and its reason; null: there is none. */
  readonly firstUnreadable: string | null;
  /** Records dated ahead of this machine's clock by more than the loop allows. */
  readonly ahead: number;
}

/** Counts the records of a topic while they are read. */
export class TopicRecords<V> {
  readonly #topic: Topic<V>;
  #records = 0;
  #used = 0;
  #from = Number.POSITIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;
  #tombstones = 0;
  #unreadable = 0;
  #first: string | null = null;
  #ahead = 0;

  constructor(topic: Topic<V>) {
    this.#topic = topic;
  }

  /**
   * The records up to the end as it is now.
   * @param latest event time, ms: later records are counted and left out
   */
  async *read(
    { backbone, serdes }: Pick<TopicTools, "backbone" | "serdes">,
    latest: number,
  ): AsyncGenerator<StreamRecord<V>> {
    const all = readTopic(backbone, serdes, this.#topic, {
      onTombstone: () => void (this.#tombstones += 1),
      onBad: ({ partition, offset }, error) => {
        this.#unreadable += 1;
        this.#first ??= `partition ${partition} offset ${offset}: ${reasonOf(error)}`;
      },
    });
    for await (const record of all) {
      this.#records += 1;
      if (record.time > latest) this.#ahead += 1;
      else yield record;
    }
  }

  /** Call it with each record that the suggestion is made of. */
  use({ time }: StreamRecord<V>): void {
    this.#used += 1;
    this.#from = Math.min(this.#from, time);
    this.#to = Math.max(this.#to, time);
  }

  counts(sampled: number): ReadOfTopic {
    const isUsed = this.#used > 0;
    return {
      ...{ topic: this.#topic.name, records: this.#records, used: this.#used, sampled },
      ...{ from: isUsed ? this.#from : null, to: isUsed ? this.#to : null },
      ...{ tombstones: this.#tombstones, unreadable: this.#unreadable, firstUnreadable: this.#first },
      ahead: this.#ahead,
    };
  }
}
