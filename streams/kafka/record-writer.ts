import { checkSizes } from "../backbone/record-size.ts";
import type { OutgoingRecord, TopicPartition } from "../backbone/backbone.ts";
import { encodeBatch } from "./batch-encode.ts";
import { rounds, type Chunk } from "./batching.ts";
import { isTransient, streamsError } from "./kafka-errors.ts";
import type { KafkaSettings } from "./options.ts";
import { produce } from "./produce-request.ts";
import { retrying } from "./retrying.ts";
import { leaderOf, nameOf, type TopicDirectory } from "./topic-directory.ts";
import type { Cluster } from "./wire.ts";

/** Who the broker takes the batches to be from. Sequences count the records of each partition, so that it drops repetitions. */
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
  readonly identity: () => Promise<Identity>;
  /** Called before the first batch of a round leaves. */
  readonly announce: (partitions: readonly TopicPartition[]) => Promise<void>;
  /** The broker may or may not have a batch: the identity's sequences are worth nothing any more. */
  readonly doubtful: () => void;
}

interface Call {
  readonly records: readonly OutgoingRecord[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes in the order of the calls with one request at a time to each leader. What comes meanwhile goes together in the next request, so many small
 * calls cost few requests.
 */
export class RecordWriter {
  readonly #context: RecordWriterContext;
  readonly #targets = new Set<string>();
  #calls: Call[] = [];
  #writing: Promise<void> | undefined;

  constructor(context: RecordWriterContext) {
    this.#context = context;
  }

  async write(records: readonly OutgoingRecord[]): Promise<void> {
    checkSizes(records);
    if (records.length === 0) return;
    const written = new Promise<void>((resolve, reject) => this.#calls.push({ records, resolve, reject }));
    this.#writing ??= this.#writeAll().finally(() => (this.#writing = undefined));
    await written;
  }

  /** Resolves when nothing is under way, whatever became of it. */
  async drained(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  async #writeAll(): Promise<void> {
    // The calls of this tick go together.
    await Promise.resolve();
    while (this.#calls.length > 0) {
      const calls = await this.#checked(this.#calls.splice(0));
      if (calls.length === 0) continue;
      try {
        for (const round of rounds(calls.length === 1 ? calls[0]!.records : calls.flatMap((call) => call.records))) {
          await this.#writeRound(round);
        }
        for (const call of calls) call.resolve();
      } catch (error) {
        for (const call of calls) call.reject(error);
      }
    }
  }

  /** Rejects the calls for partitions that are not there, before anything of them is stored. */
  async #checked(calls: readonly Call[]): Promise<readonly Call[]> {
    const { cluster, directory, settings } = this.#context;
    const good: Call[] = [];
    for (const call of calls) {
      try {
        for (const { topic, partition } of call.records) {
          if (!this.#targets.has(topic)) {
            await directory.check([{ topic, partition }]);
            await retrying(settings.deliveryTimeoutMs, () => cluster.addMultipleTargetTopics([topic]));
            this.#targets.add(topic);
          }
          const count = directory.known(topic)!;
          if (!(partition >= 0 && partition < count)) await directory.check([{ topic, partition }]);
        }
        good.push(call);
      } catch (error) {
        call.reject(streamsError(error, "send"));
      }
    }
    return good;
  }

  async #writeRound(chunks: readonly Chunk[]): Promise<void> {
    const { cluster, settings, announce, transactionalId } = this.#context;
    const identity = await this.#context.identity();
    await announce(chunks);
    const batches = chunks.map((chunk) => {
      const name = nameOf(chunk);
      const firstSequence = identity.sequences.get(name) ?? 0;
      identity.sequences.set(name, followingSequence(firstSequence, chunk.records.length));
      const { producerId, producerEpoch } = identity;
      const writer = { producerId, producerEpoch, firstSequence, transactional: transactionalId !== undefined };
      return { topic: chunk.topic, partition: chunk.partition, batch: encodeBatch(chunk.records, writer) };
    });
    let open = batches;
    const attempt = async (): Promise<void> => {
      const results = await Promise.allSettled(
        [...Map.groupBy(open, (batch) => leaderOf(cluster, batch))].map(async ([nodeId, led]) => {
          const broker = await cluster.findBroker({ nodeId });
          await produce(broker, transactionalId, led, settings.deliveryTimeoutMs);
          open = open.filter((batch) => !led.includes(batch));
        }),
      );
      const errors = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
      if (errors.length > 0) throw errors.find((error) => !isTransient(error)) ?? errors[0];
    };
    try {
      await retrying(settings.deliveryTimeoutMs, attempt, () => cluster.refreshMetadata());
    } catch (error) {
      this.#context.doubtful();
      throw streamsError(error, `send to ${describe(open)}`);
    }
  }
}

function describe(partitions: readonly TopicPartition[]): string {
  const names = partitions.slice(0, 5).map(nameOf).join(", ");
  return partitions.length > 5 ? `${names} and ${partitions.length - 5} more` : names;
}

/** Sequences go back to 0 behind 2^31 - 1. */
function followingSequence(first: number, count: number): number {
  return (first + count) % 2 ** 31;
}
