import type { OutgoingRecord, Position, Transaction, TopicPartition } from "../../../backbone/backbone.ts";
import { StreamsError } from "../../../errors.ts";
import type { BatchBuffers } from "../records/batch-buffers.ts";
import type { Coordinators } from "../cluster/coordinators.ts";
import { protocolType, streamsError } from "../cluster/kafka-errors.ts";
import type { KafkaGroup } from "../group/kafka-group.ts";
import type { Standing } from "../group/membership.ts";
import type { KafkaSettings } from "../cluster/options.ts";
import { RecordWriter, type Identity } from "./record-writer.ts";
import { retrying } from "../cluster/retrying.ts";
import { nameOf } from "../topics/partition-ends.ts";
import type { TopicDirectory } from "../topics/topic-directory.ts";
import type { Broker, Cluster } from "../cluster/wire.ts";

/** `doubtful`: the broker may hold something of it that we do not know of. */
export type Outcome = "clean" | "doubtful" | "fenced";

export interface TransactionContext {
  readonly cluster: Cluster;
  readonly coordinators: Coordinators;
  readonly directory: TopicDirectory;
  readonly settings: KafkaSettings;
  readonly transactionalId: string;
  /** Records leave only when it has resolved. */
  readonly after: Promise<void> | undefined;
  readonly targets: Set<string>;
  readonly buffers: BatchBuffers;
  /** The member whose standing commits offsets of the group, if any. */
  readonly memberOf: (groupId: string, positions: readonly Position[]) => KafkaGroup | undefined;
  readonly identity: () => Promise<Identity>;
  readonly ended: (outcome: Outcome) => void;
}

export class KafkaTransaction implements Transaction {
  readonly #context: TransactionContext;
  readonly #writer: RecordWriter;
  readonly #partitions = new Set<string>();
  readonly #groups = new Set<string>();
  readonly #pending = new Set<Promise<void>>();
  #failure: StreamsError | undefined;
  #doubtful = false;
  #ended = false;

  constructor(context: TransactionContext) {
    this.#context = context;
    this.#writer = new RecordWriter({
      ...context,
      announce: async (partitions) => {
        await context.after;
        await this.#announce(partitions);
      },
      doubtful: () => {
        this.#doubtful = true;
      },
    });
  }

  /** Holds on to the records no longer than they take to be encoded. */
  async send(records: readonly OutgoingRecord[]): Promise<void> {
    this.#checkOpen();
    return this.#step(this.#writer.write(records));
  }

  endOf(at: TopicPartition): number | undefined {
    return this.#writer.endOf(at);
  }

  async sendOffsets(groupId: string, positions: readonly Position[]): Promise<void> {
    this.#checkOpen();
    return this.#step(this.#sendOffsets(groupId, positions));
  }

  async #sendOffsets(groupId: string, positions: readonly Position[]): Promise<void> {
    if (positions.length === 0) return;
    if (!this.#groups.has(groupId)) {
      await this.#ask("add offsets", 1, (broker, identity) => broker.addOffsetsToTxn({ ...identity, groupId }));
      this.#groups.add(groupId);
    }
    const topics = [...Map.groupBy(positions, ({ topic }) => topic)].map(([topic, group]) => ({
      topic,
      partitions: group.map(({ partition, offset }) => ({ partition, offset: String(offset) })),
    }));
    const commit = (standing?: Standing): Promise<void> =>
      this.#ask(
        "commit offsets",
        0,
        (broker, identity) => broker.txnOffsetCommit({ ...identity, ...standing, groupId, topics }),
        groupId,
      );
    const member = this.#context.memberOf(groupId, positions);
    await (member === undefined ? commit() : member.asMember(positions, commit));
  }

  /** The first error of any step ends the transaction: commit then rejects with it. */
  async #step(running: Promise<void>): Promise<void> {
    this.#pending.add(running);
    try {
      await running;
    } catch (error) {
      const failure = streamsError(error, `transaction of ${this.#context.transactionalId}`);
      // A record that is too large, or for no topic, was refused before it left: the transaction is as it was.
      const refused = failure.code === "RECORD_TOO_LARGE" || failure.code === "UNKNOWN_TOPIC";
      if (!refused || this.#doubtful) this.#failure ??= failure;
      throw failure;
    } finally {
      this.#pending.delete(running);
    }
  }

  async #announce(partitions: readonly TopicPartition[]): Promise<void> {
    const fresh = partitions.filter((at) => !this.#partitions.has(nameOf(at)));
    if (fresh.length === 0) return;
    const topics = [...Map.groupBy(fresh, ({ topic }) => topic)].map(([topic, group]) => ({
      topic,
      partitions: group.map(({ partition }) => partition),
    }));
    await this.#ask("add partitions", 1, (broker, identity) => broker.addPartitionsToTxn({ ...identity, topics }));
    for (const at of fresh) this.#partitions.add(nameOf(at));
  }

  async commit(): Promise<void> {
    await this.#end(true);
  }

  async abort(): Promise<void> {
    await this.#end(false);
  }

  async #end(commit: boolean): Promise<void> {
    this.#checkOpen();
    if (commit) await Promise.allSettled([...this.#pending]);
    else await this.#writer.drained();
    if (commit && this.#failure !== undefined) throw this.#failure;
    this.#ended = true;
    try {
      if (this.#partitions.size + this.#groups.size > 0) {
        await this.#ask(commit ? "commit" : "abort", 1, (broker, identity) =>
          broker.endTxn({ ...identity, transactionResult: commit }),
        );
      }
    } catch (error) {
      this.#failure = streamsError(error, "end of a transaction");
      throw this.#failure;
    } finally {
      const failed = this.#failure === undefined ? "clean" : "doubtful";
      this.#context.ended(this.#failure?.code === "FENCED" ? "fenced" : failed);
    }
  }

  #checkOpen(): void {
    if (this.#ended) {
      throw new StreamsError("CLOSED", `this transaction of ${this.#context.transactionalId} has ended: begin another`);
    }
  }

  /** Asks the coordinator of the transaction (1) or of the group (0), again while it is busy with the transaction before. */
  async #ask(
    what: string,
    coordinatorType: 0 | 1,
    request: (
      broker: Broker,
      identity: { transactionalId: string; producerId: string; producerEpoch: number },
    ) => Promise<unknown>,
    groupId = this.#context.transactionalId,
  ): Promise<void> {
    const { cluster, coordinators, settings, transactionalId } = this.#context;
    try {
      const { producerId, producerEpoch } = await this.#context.identity();
      await retrying(
        settings,
        "kafka transaction",
        async () => {
          const broker = await coordinators.of(groupId, coordinatorType);
          await request(broker, { transactionalId, producerId, producerEpoch });
        },
        async (error) => {
          if (protocolType(error) === "CONCURRENT_TRANSACTIONS") return;
          coordinators.forget();
          await cluster.refreshMetadata();
        },
      );
    } catch (error) {
      throw streamsError(error, `${what} in the transaction of ${transactionalId}`);
    }
  }
}
