import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Backbone, LogRecord, Position, Reader } from "../backbone/backbone.ts";
import { partitionOf } from "../backbone/partitioner.ts";
import type { Outage } from "../outage.ts";
import { hasCode } from "../coded-error.ts";

const POLL_MS = 1_000;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

/**
 * Reads one partition from its end on, in the background, until it is closed. It waits out an outage and then reads the
 * records written meanwhile: nothing after the first position is missed.
 */
export class ReplyTail {
  readonly partition: number;
  readonly #backbone: Backbone;
  readonly #topic: string;
  readonly #onRecord: (record: LogRecord) => Promise<void>;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #next: number;
  #reader: Reader | undefined;
  readonly #waiting: Outage;
  #outage: unknown;

  /** @param instanceId the same one reads the same partition; without one it is any partition. */
  static async open(
    backbone: Backbone,
    topic: string,
    instanceId: string | undefined,
    outage: Outage,
    onRecord: (record: LogRecord) => Promise<void>,
  ): Promise<ReplyTail> {
    const ends = await backbone.offsets([topic]);
    const partition =
      instanceId === undefined ? randomInt(ends.length) : partitionOf(Buffer.from(instanceId), ends.length);
    const { end } = ends.find((at) => at.partition === partition)!;
    const position = { topic, partition, offset: end };
    return new ReplyTail(backbone, position, await backbone.reader([position]), outage, onRecord);
  }

  private constructor(
    backbone: Backbone,
    { topic, partition, offset }: Position,
    reader: Reader,
    outage: Outage,
    onRecord: (record: LogRecord) => Promise<void>,
  ) {
    this.#backbone = backbone;
    this.#topic = topic;
    this.partition = partition;
    this.#next = offset;
    this.#reader = reader;
    this.#waiting = outage;
    this.#onRecord = onRecord;
    this.#running = this.#run();
  }

  /** The reason that nothing can be read now; `undefined` while reading works. */
  get outage(): unknown {
    return this.#outage;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    for (let wait = FIRST_WAIT_MS; !signal.aborted;) {
      try {
        const at = { topic: this.#topic, partition: this.partition, offset: this.#next };
        this.#reader ??= await this.#backbone.reader([at]);
        await this.#read(this.#reader);
        wait = FIRST_WAIT_MS;
        this.#outage = undefined;
        this.#waiting.ended();
      } catch (error) {
        this.#outage = error;
        // The topic was made anew, or has lost its end: all its records came after the requests.
        if (hasCode(error, "TOPIC_MOVED")) this.#next = 0;
        if (!signal.aborted) this.#waiting.failed(error, { topic: this.#topic, partition: this.partition });
        await this.#closeReader();
        await sleep(wait, undefined, { signal }).catch(() => undefined);
        wait = Math.min(wait * 2, LONGEST_WAIT_MS);
      }
    }
    this.#waiting.givenUp();
    await this.#closeReader();
  }

  async #read(reader: Reader): Promise<void> {
    for (const { records } of await reader.poll(POLL_MS)) {
      for (const record of records) {
        await this.#onRecord(record);
        this.#next = record.offset + 1;
      }
    }
  }

  async #closeReader(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    await reader?.close().catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#closeReader();
    await this.#running;
  }
}
