import { MAX_RECORD_BYTES, type Backbone, type Headers } from "../backbone/backbone.ts";
import { headersProblem } from "../backbone/record-size.ts";
import { StreamsError } from "../errors.ts";
import { streamsLimits } from "../limits.ts";
import { shortened } from "../shortened.ts";
import { CodedError } from "../coded-error.ts";

const { headerNameBytes, recordHeaders } = streamsLimits;

/** A record on its way out, before it is kept. */
export interface Measured {
  /** The writer: an operator, with its store for a change of state. */
  readonly by: string;
  readonly topic: string;
  readonly key: string;
  /** Bytes of the encoded value. */
  readonly value: number;
  readonly headers: Headers;
}

/** How many bytes a record may have on each topic: the runtime's own limit, or less if a topic takes less. */
export class RecordRoom {
  readonly #byTopic = new Map<string, number>();
  #smallest: number = MAX_RECORD_BYTES;

  /** Every topic takes a record of so many bytes. */
  get smallest(): number {
    return this.#smallest;
  }

  knows(topic: string): boolean {
    return this.#byTopic.has(topic);
  }

  of(topic: string): number {
    return this.#byTopic.get(topic) ?? MAX_RECORD_BYTES;
  }

  /** Asks anew for the limits of these topics. @returns whether one of them takes less than was known. */
  async learn(backbone: Pick<Backbone, "recordBytes">, topics: readonly string[]): Promise<boolean> {
    const found = await backbone.recordBytes?.(topics);
    if (found === undefined) return false;
    let less = false;
    for (const [topic, bytes] of found) {
      if (bytes < this.of(topic)) less = true;
      this.#byTopic.set(topic, Math.min(bytes, MAX_RECORD_BYTES));
    }
    this.#smallest = Math.min(MAX_RECORD_BYTES, ...this.#byTopic.values());
    return less;
  }

  /** Asks anew for every topic that was asked for. @returns whether one of them takes less. */
  refresh(backbone: Pick<Backbone, "recordBytes">): Promise<boolean> {
    return this.learn(backbone, [...this.#byTopic.keys()]);
  }

  /**
   * Whether brokers refused a record (`error`) because a topic takes less than was known. From then on such a record is
   * refused at its source, and undone alone.
   */
  async takesLess(error: CodedError, backbone: Pick<Backbone, "recordBytes">): Promise<boolean> {
    if (error.code !== "RECORD_TOO_LARGE") return false;
    return this.refresh(backbone).catch((failure: unknown) => failure instanceof CodedError && failure.flags.retry);
  }

  /** Throws `RECORD_TOO_LARGE` when the topic does not take a record of this size, or with such headers. */
  check({ by, topic, key, value, headers }: Measured): void {
    const problem = headersProblem(headers);
    if (problem !== undefined) {
      throw new StreamsError(
        "RECORD_TOO_LARGE",
        `${by}: the record of key ${shortened(key, 200)} for ${topic}: ${problem}`,
      );
    }
    let size = value + Buffer.byteLength(key);
    for (const name in headers) size += Buffer.byteLength(name) + headers[name]!.length;
    const most = this.of(topic);
    if (size <= most) return;
    throw new StreamsError(
      "RECORD_TOO_LARGE",
      `${by}: the record of key ${shortened(key, 200)} for ${topic} has ${size} bytes; at most ${most} fit. Shorten the records that it is made from`,
    );
  }
}

/**
 * The most that a record with these parts can have: cheap, and enough for all but the largest. Infinite if its headers
 * need a closer look.
 */
export function mostBytes(key: string, value: number, headers: Headers): number {
  let size = value + 3 * key.length;
  let count = 0;
  for (const name in headers) {
    if (3 * name.length > headerNameBytes) return Number.POSITIVE_INFINITY;
    size += 3 * name.length + headers[name]!.length;
    count++;
  }
  return count > recordHeaders ? Number.POSITIVE_INFINITY : size;
}
