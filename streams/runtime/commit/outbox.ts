import type { Backbone, OutgoingRecord } from "../../backbone/backbone.ts";
import { partitionOf } from "../../backbone/partitioner.ts";
import { recordSize } from "../../backbone/record-size.ts";
import { StreamsError } from "../../errors.ts";
import { deadLetter, letterKey, type DeadLetterValue } from "../../task/dead-letter.ts";
import { RecordRoom } from "../../task/record-room.ts";
import type { Output } from "../../task/output.ts";
import type { Serdes } from "../../serde/serdes.ts";
import type { AnyTopic } from "../../topic.ts";

export const LATENCY_HEADER = "loopstream_latency_ms";

/** A topic that requests name for their replies is asked for again after so long. */
const LOOK_MS = 200;
const MOST_LOOKED_AT = 1_024;

/**
 * Gives the tasks' outputs their partitions. A record for a topic or partition that is not there becomes a dead letter.
 */
export class Outbox {
  readonly #backbone: Pick<Backbone, "partitions" | "recordBytes" | "describe">;
  readonly #serdes: Serdes;
  readonly #deadLetters: AnyTopic;
  readonly #room: RecordRoom;
  readonly #counts = new Map<string, number>();
  /** Asked for in vain in this call: a stranger's name costs one question, however often it comes. */
  readonly #missing = new Set<string>();
  /** By topic of somebody else's: when it was asked for last, ms of the monotonic clock. */
  readonly #lookedAt = new Map<string, number>();

  /** @param room the largest records of topics; topics that records name are added to it. */
  constructor(
    backbone: Pick<Backbone, "partitions" | "recordBytes" | "describe">,
    serdes: Serdes,
    deadLetters: AnyTopic,
    room: RecordRoom = new RecordRoom(),
    spread: Iterable<readonly [topic: string, partitions: number]> = [],
  ) {
    this.#counts = new Map(spread);
    this.#room = room;
    this.#backbone = backbone;
    this.#serdes = serdes;
    this.#deadLetters = deadLetters;
  }

  /** @param letters gets the dead letters of outputs that can't be delivered. */
  async address(outputs: readonly Output[], now: number, letters: DeadLetterValue[] = []): Promise<OutgoingRecord[]> {
    const records: OutgoingRecord[] = [];
    this.#missing.clear();
    // Outputs of one record (a decision and its reply) mostly have one key.
    let last = "";
    let key = Buffer.alloc(0);
    for (const output of outputs) {
      const { topic, request } = output;
      const count =
        request?.elsewhere === true
          ? await this.#countAnew(topic, now)
          : (this.#counts.get(topic) ?? (await this.#count(topic)));
      if (output.key !== last) {
        last = output.key;
        key = Buffer.from(last);
      }
      const problem =
        count === undefined || (output.partition ?? 0) >= count
          ? unknownPlace(output, count)
          : request?.elsewhere === true
            ? this.#tooLarge(output, key)
            : undefined;
      if (problem !== undefined) {
        records.push(await this.#undeliverable(output, key, problem, letters));
        continue;
      }
      records.push({
        topic,
        partition: output.partition ?? partitionOf(key, count!),
        key,
        value: output.value,
        timestamp: output.time,
        headers:
          output.measured && output.fetchedAt !== undefined
            ? { ...output.headers, [LATENCY_HEADER]: Buffer.from((now - output.fetchedAt).toFixed(3)) }
            : output.headers,
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

  /** The topic's owner may delete it at any time. A record for a deleted topic would hold up everything else. */
  async #countAnew(topic: string, now: number): Promise<number | undefined> {
    const lookedAt = this.#lookedAt.get(topic);
    if (lookedAt !== undefined && now - lookedAt < LOOK_MS) return this.#counts.get(topic);
    const [found] = await this.#backbone.describe([topic]);
    if (this.#lookedAt.size >= MOST_LOOKED_AT) this.#lookedAt.clear();
    this.#lookedAt.set(topic, now);
    if (found === undefined) {
      this.#counts.delete(topic);
      return undefined;
    }
    if (!this.#room.knows(topic)) await this.#room.learn(this.#backbone, [topic]);
    this.#counts.set(topic, found.partitions);
    return found.partitions;
  }

  #tooLarge({ topic, value, headers }: Output, key: Buffer): StreamsError | undefined {
    const size = recordSize({ key, value, headers });
    const most = this.#room.of(topic);
    if (size <= most) return undefined;
    return new StreamsError(
      "RECORD_TOO_LARGE",
      `the reply for ${topic} has ${size} bytes; the topic takes ${most}: raise its max.message.bytes`,
    );
  }

  async #undeliverable(
    output: Output,
    key: Buffer,
    error: StreamsError,
    letters: DeadLetterValue[],
  ): Promise<OutgoingRecord> {
    const nowhere = { topic: output.topic, partition: output.partition ?? -1, offset: -1 };
    const written = { key, value: output.value, headers: output.headers };
    const { origin, operator, raw } = output.request ?? { origin: nowhere, operator: "outbox", raw: written };
    const topic = this.#deadLetters.name;
    const letter = deadLetter(origin, operator, error, raw, this.#room.of(topic));
    letters.push(letter);
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

function unknownPlace({ topic, partition }: Output, count: number | undefined): StreamsError {
  const place = `${topic}/${partition ?? "by key"}`;
  return new StreamsError(
    "UNKNOWN_REPLY_TOPIC",
    count === undefined
      ? `nothing can be written to ${place}: there is no such topic; create it before naming it`
      : `nothing can be written to ${place}: the topic has ${count} partitions`,
  );
}
