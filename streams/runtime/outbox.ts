import type { Backbone, OutgoingRecord } from "../backbone/backbone.ts";
import { partitionOf } from "../backbone/partitioner.ts";
import { StreamsError } from "../errors.ts";
import { deadLetter, letterKey } from "../task/dead-letter.ts";
import { RecordRoom } from "../task/record-room.ts";
import type { Output } from "../task/operator-chain.ts";
import type { Serdes } from "../serde/serdes.ts";
import type { AnyTopic } from "../topic.ts";

export const LATENCY_HEADER = "loopstream_latency_ms";

/** Gives what tasks wrote its partition. A record for a topic or partition that is not there becomes a dead letter. */
export class Outbox {
  readonly #backbone: Pick<Backbone, "partitions" | "recordBytes">;
  readonly #serdes: Serdes;
  readonly #deadLetters: AnyTopic;
  readonly #onDeadLetter: (code: string) => void;
  readonly #room: RecordRoom;
  readonly #counts = new Map<string, number>();
  /** Asked for in vain in this call: a stranger's name costs one question, however often it comes. */
  readonly #missing = new Set<string>();

  /** @param room what topics take; those that records name are added to it. */
  constructor(
    backbone: Pick<Backbone, "partitions" | "recordBytes">,
    serdes: Serdes,
    deadLetters: AnyTopic,
    onDeadLetter: (code: string) => void,
    room: RecordRoom = new RecordRoom(),
    spread: Iterable<readonly [topic: string, partitions: number]> = [],
  ) {
    this.#counts = new Map(spread);
    this.#room = room;
    this.#backbone = backbone;
    this.#serdes = serdes;
    this.#deadLetters = deadLetters;
    this.#onDeadLetter = onDeadLetter;
  }

  async address(outputs: readonly Output[], now: number): Promise<OutgoingRecord[]> {
    const records: OutgoingRecord[] = [];
    this.#missing.clear();
    // What is written of one record (a decision and its reply) mostly has one key.
    let last = "";
    let key = Buffer.alloc(0);
    for (const output of outputs) {
      const count = this.#counts.get(output.topic) ?? (await this.#count(output.topic));
      if (output.key !== last) {
        last = output.key;
        key = Buffer.from(last);
      }
      if (count === undefined || (output.partition ?? 0) >= count) {
        records.push(await this.#undeliverable(output, key, count));
        continue;
      }
      records.push({
        topic: output.topic,
        partition: output.partition ?? partitionOf(key, count),
        key,
        value: output.value,
        timestamp: output.time,
        headers:
          output.fetchedAt === undefined
            ? output.headers
            : { ...output.headers, [LATENCY_HEADER]: Buffer.from((now - output.fetchedAt).toFixed(3)) },
      });
    }
    return records;
  }

  async #count(topic: string): Promise<number | undefined> {
    if (this.#missing.has(topic)) return undefined;
    const count = await this.#backbone.partitions(topic);
    if (count === undefined) {
      this.#missing.add(topic);
      return undefined;
    }
    if (!this.#room.knows(topic)) await this.#room.learn(this.#backbone, [topic]);
    this.#counts.set(topic, count);
    return count;
  }

  async #undeliverable(output: Output, key: Buffer, count: number | undefined): Promise<OutgoingRecord> {
    const place = `${output.topic}/${output.partition ?? "by key"}`;
    const error = new StreamsError(
      "UNKNOWN_REPLY_TOPIC",
      count === undefined
        ? `nothing can be written to ${place}: there is no such topic; create it before naming it`
        : `nothing can be written to ${place}: the topic has ${count} partitions`,
    );
    const nowhere = { topic: output.topic, partition: output.partition ?? -1, offset: -1 };
    const written = { key, value: output.value, headers: output.headers };
    const { origin, operator, raw } = output.request ?? { origin: nowhere, operator: "outbox", raw: written };
    this.#onDeadLetter(error.code);
    const topic = this.#deadLetters.name;
    const letter = deadLetter(origin, operator, error, raw, this.#room.of(topic));
    const partitions = this.#counts.get(topic) ?? (await this.#count(topic)) ?? 1;
    const ownKey = Buffer.from(letterKey(letter));
    return {
      topic,
      partition: partitionOf(ownKey, partitions),
      key: ownKey,
      value: this.#serdes.encode(this.#deadLetters, letter),
      timestamp: output.time,
    };
  }
}
