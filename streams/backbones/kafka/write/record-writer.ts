import { checkTimes } from "../../../backbone/event-time.ts";
import { checkSizes } from "../../../backbone/record-size.ts";
import { MAX_RECORD_BYTES, type OutgoingRecord, type TopicPartition } from "../../../backbone/backbone.ts";
import type { BatchBuffers } from "../records/batch-buffers.ts";
import { contentSize, type BatchBuilder } from "../records/batch-encode.ts";
import { isTooLarge, isTransient, streamsError } from "../cluster/kafka-errors.ts";
import type { KafkaSettings } from "../cluster/options.ts";
import { produce } from "../requests/produce-request.ts";
import { RecordAccumulator } from "./record-accumulator.ts";
import { retrying } from "../cluster/retrying.ts";
import { leaderOf, nameOf } from "../topics/partition-ends.ts";
import type { TopicDirectory } from "../topics/topic-directory.ts";
import type { Cluster } from "../cluster/wire.ts";

/**
 * The producer that the broker takes the batches to be from. Sequences count the records of each partition, so that the
 * broker drops repetitions.
 */
export interface Identity {
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly sequences: Map<string, number>;
}

export interface RecordWriterContext {
  readonly cluster: Cluster;
  readonly directory: TopicDirectory;
  readonly settings: KafkaSettings;
  readonly transactionalId: string | undefined;
  /** Topics that are known to be there, with their leaders. */
  readonly targets: Set<string>;
  readonly buffers: BatchBuffers;
  readonly identity: () => Promise<Identity>;
  /** Called before the first batch of a round leaves. */
  readonly announce: (partitions: readonly TopicPartition[]) => Promise<void>;
  /** The broker may or may not have a batch: the identity's sequences are worth nothing any more. */
  readonly doubtful: () => void;
}

/** Batches that go out with the next requests. */
interface Filling {
  readonly records: RecordAccumulator;
  readonly sent: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes in the order of the calls, with one request at a time to each leader. Records that come meanwhile go together
 * in the next request, so many small calls cost few requests.
 */
export class RecordWriter {
  readonly #context: RecordWriterContext;
  /** By `topic/partition`: one past the last record that the broker has said it stored. */
  readonly #ends = new Map<string, number>();
  #filling: Filling | undefined;
  /** Calls for topics that were not asked for yet, and those behind them. */
  #admitting: Promise<void> | undefined;
  #writing: Promise<void> | undefined;

  constructor(context: RecordWriterContext) {
    this.#context = context;
  }

  /** Encodes the records at once, unless one of their topics is new, and then holds on to them no longer. */
  async write(records: readonly OutgoingRecord[]): Promise<void> {
    const sizes = records.map(contentSize);
    // These sizes include the lengths' own bytes, so only a record over the limit here needs the exact check.
    if (sizes.some((size) => size > MAX_RECORD_BYTES)) checkSizes(records);
    checkTimes(records);
    if (records.length === 0) return;
    const known = this.#admitting === undefined && records.every((record) => this.#known(record));
    return known ? this.#fill(records, sizes) : this.#admit(records, sizes);
  }

  endOf(at: TopicPartition): number | undefined {
    return this.#ends.get(nameOf(at));
  }

  /** Resolves when nothing is under way, whether it failed or not. */
  async drained(): Promise<void> {
    while (this.#admitting !== undefined || this.#writing !== undefined) await (this.#admitting ?? this.#writing);
  }

  #known({ topic, partition }: OutgoingRecord): boolean {
    const { targets, directory } = this.#context;
    return targets.has(topic) && partition >= 0 && partition < directory.known(topic)!;
  }

  /** Rejects for a partition that is not there, before anything of the call is stored. */
  #admit(records: readonly OutgoingRecord[], sizes: readonly number[]): Promise<void> {
    const before = this.#admitting ?? Promise.resolve();
    const sent = before.then(async () => {
      for (const record of records) if (!this.#known(record)) await this.#lookUp(record);
      await this.#fill(records, sizes);
    });
    const done = sent
      .catch(() => undefined)
      .then(() => {
        if (this.#admitting === done) this.#admitting = undefined;
      });
    this.#admitting = done;
    return sent;
  }

  async #lookUp({ topic, partition }: TopicPartition): Promise<void> {
    const { cluster, directory, settings, targets } = this.#context;
    try {
      await directory.check([{ topic, partition }]);
      if (!directory.sizes.knows(topic)) await directory.sizes.learn([topic]);
      await retrying(settings, "kafka produce", () => cluster.addMultipleTargetTopics([topic]));
      targets.add(topic);
    } catch (error) {
      throw streamsError(error, "send");
    }
  }

  #fill(records: readonly OutgoingRecord[], sizes: readonly number[]): Promise<void> {
    const filling = (this.#filling ??= newFilling(this.#context));
    filling.records.add(records, sizes);
    this.#writing ??= this.#writeAll().finally(() => (this.#writing = undefined));
    return filling.sent;
  }

  async #writeAll(): Promise<void> {
    // The calls of this tick go together.
    await Promise.resolve();
    for (let filling = this.#filling; filling !== undefined; filling = this.#filling) {
      this.#filling = undefined;
      try {
        for (const round of filling.records.rounds()) await this.#writeRound(round);
        filling.resolve();
      } catch (error) {
        filling.reject(error);
      }
    }
  }

  async #writeRound(round: readonly BatchBuilder[]): Promise<void> {
    const { cluster, settings, announce, transactionalId, buffers } = this.#context;
    const identity = await this.#context.identity();
    await announce(round);
    const batches = round.map((builder) => {
      const { topic, partition } = builder;
      const name = nameOf(builder);
      const firstSequence = identity.sequences.get(name) ?? 0;
      identity.sequences.set(name, followingSequence(firstSequence, builder.count));
      const { producerId, producerEpoch } = identity;
      const writer = { producerId, producerEpoch, firstSequence, transactional: transactionalId !== undefined };
      return { topic, partition, count: builder.count, batch: builder.finish(writer) };
    });
    let open = batches;
    let attempts = 0;
    const attempt = async (): Promise<void> => {
      attempts++;
      const results = await Promise.allSettled(
        [...Map.groupBy(open, (batch) => leaderOf(cluster, batch))].map(async ([nodeId, led]) => {
          const broker = await cluster.findBroker({ nodeId });
          const bases = await produce(broker, transactionalId, led, settings.deliveryTimeoutMs);
          for (const { topic, partition, count } of led) {
            const name = nameOf({ topic, partition });
            const base = bases.get(name);
            if (base !== undefined) this.#ends.set(name, base + count);
          }
          open = open.filter((batch) => !led.includes(batch));
        }),
      );
      const errors = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
      if (errors.length > 0) throw errors.find((error) => !isTransient(error)) ?? errors[0];
    };
    try {
      await retrying(settings, "kafka produce", attempt, () => cluster.refreshMetadata());
    } catch (error) {
      this.#context.doubtful();
      await this.#learnFrom(error, round);
      throw streamsError(error, `send to ${describe(open)}`);
    }
    // An attempt that failed may still be on its way.
    if (attempts === 1) for (const { bytes } of round) buffers.give(bytes);
  }

  /** Remembers a size that the broker found too large, so that later batches to the topic are smaller. */
  async #learnFrom(error: unknown, round: readonly BatchBuilder[]): Promise<void> {
    if (!isTooLarge(error)) return;
    const refused = round.find((batch) => nameOf(batch) === error.where);
    if (refused === undefined) return;
    // Sizes that can't be learnt now are learnt from the next refusal.
    const { sizes } = this.#context.directory;
    await sizes.refused(refused.topic, refused.size, refused.count).catch(() => undefined);
  }
}

function newFilling({ buffers, directory }: RecordWriterContext): Filling {
  const { promise: sent, resolve, reject } = Promise.withResolvers<void>();
  const records = new RecordAccumulator(buffers, (topic) => directory.sizes.batchBytes(topic));
  return { records, sent, resolve, reject };
}

function describe(partitions: readonly TopicPartition[]): string {
  const names = partitions.slice(0, 5).map(nameOf).join(", ");
  return partitions.length > 5 ? `${names} and ${partitions.length - 5} more` : names;
}

/** Sequences go back to 0 behind 2^31 - 1. */
function followingSequence(first: number, count: number): number {
  return (first + count) % 2 ** 31;
}
