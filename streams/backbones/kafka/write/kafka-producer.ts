import type { OutgoingRecord, Producer, TopicPartition, Transaction } from "../../../backbone/backbone.ts";
import { StreamsError } from "../../../errors.ts";
import { BatchBuffers } from "../records/batch-buffers.ts";
import { Coordinators } from "../cluster/coordinators.ts";
import { protocolType, streamsError } from "../cluster/kafka-errors.ts";
import { KafkaTransaction, type TransactionContext } from "./kafka-transaction.ts";
import type { KafkaSettings } from "../cluster/options.ts";
import { RecordWriter, type Identity } from "./record-writer.ts";
import { retrying } from "../cluster/retrying.ts";
import type { TopicDirectory } from "../topics/topic-directory.ts";
import type { Cluster } from "../cluster/wire.ts";

export interface ProducerContext {
  readonly cluster: Cluster;
  readonly directory: TopicDirectory;
  readonly settings: KafkaSettings;
  readonly transactionalId: string | undefined;
  readonly memberOf: TransactionContext["memberOf"];
}

/**
 * Idempotent: a repetition after a lost answer is stored once. `send` never takes part in a transaction, not even while
 * one is open: use the transaction's own `send` for that.
 */
export class KafkaProducer implements Producer {
  readonly #cluster: Cluster;
  readonly #coordinators: Coordinators;
  readonly #directory: TopicDirectory;
  readonly #settings: KafkaSettings;
  readonly #transactionalId: string | undefined;
  readonly #memberOf: TransactionContext["memberOf"];
  readonly #targets = new Set<string>();
  readonly #buffers = new BatchBuffers();
  readonly #writer: RecordWriter;
  #plain: Promise<Identity> | undefined;
  #transactional: Promise<Identity> | undefined;
  #open: KafkaTransaction | undefined;
  #settled = true;
  #fenced = false;
  #closed = false;

  constructor({ cluster, directory, settings, transactionalId, memberOf }: ProducerContext) {
    this.#memberOf = memberOf;
    this.#cluster = cluster;
    this.#coordinators = new Coordinators(cluster);
    this.#directory = directory;
    this.#settings = settings;
    this.#transactionalId = transactionalId;
    this.#writer = new RecordWriter({
      cluster,
      directory,
      settings,
      transactionalId: undefined,
      targets: this.#targets,
      buffers: this.#buffers,
      identity: () => (this.#plain ??= this.#initialise(undefined)),
      announce: () => Promise.resolve(),
      doubtful: () => {
        this.#plain = undefined;
      },
    });
  }

  /** With a transactional id: fences the producers before, whose open transaction is aborted, and waits for that. */
  async start(): Promise<void> {
    if (this.#transactionalId !== undefined) await this.#identity();
  }

  #identity(): Promise<Identity> {
    return (this.#transactional ??= this.#initialise(this.#transactionalId));
  }

  async #initialise(transactionalId: string | undefined): Promise<Identity> {
    /** Milliseconds of the monotonic clock. */
    let busySince: number | undefined;
    try {
      return await retrying(
        this.#settings,
        "kafka producer",
        async () => {
          const broker = await (transactionalId === undefined
            ? this.#cluster.findControllerBroker()
            : this.#coordinators.of(transactionalId, 1));
          const transactionTimeout = this.#settings.transactionTimeoutMs;
          try {
            const { producerId, producerEpoch } = await broker.initProducerId({ transactionalId, transactionTimeout });
            return { producerId, producerEpoch, sequences: new Map() };
          } catch (error) {
            busySince =
              protocolType(error) === "CONCURRENT_TRANSACTIONS" ? (busySince ?? performance.now()) : undefined;
            // No transaction is open for longer: the broker has lost sight of this one.
            const held = busySince !== undefined && performance.now() - busySince > transactionTimeout;
            throw held ? heldError(transactionalId, error) : error;
          }
        },
        async (error) => {
          if (protocolType(error) === "CONCURRENT_TRANSACTIONS") return;
          this.#coordinators.forget();
          await this.#cluster.refreshMetadata();
        },
      );
    } catch (error) {
      if (transactionalId === undefined) this.#plain = undefined;
      else this.#transactional = undefined;
      throw streamsError(
        error,
        transactionalId === undefined ? "start a producer" : `start producer ${transactionalId}`,
      );
    }
  }

  async send(records: readonly OutgoingRecord[]): Promise<void> {
    this.#check();
    return this.#writer.write(records);
  }

  endOf(at: TopicPartition): number | undefined {
    return this.#writer.endOf(at);
  }

  async begin(after?: Promise<void>): Promise<Transaction> {
    this.#check();
    const transactionalId = this.#transactionalId;
    if (transactionalId === undefined) {
      throw new StreamsError("TRANSACTION_OPEN", "this producer has no transactionalId; give it one to begin");
    }
    if (this.#fenced) {
      throw new StreamsError(
        "FENCED",
        `producer ${transactionalId}: a newer producer has this transactionalId; close this one`,
      );
    }
    if (this.#open !== undefined) {
      throw new StreamsError(
        "TRANSACTION_OPEN",
        `producer ${transactionalId}: commit or abort the open transaction first`,
      );
    }
    const transaction = new KafkaTransaction({
      cluster: this.#cluster,
      coordinators: this.#coordinators,
      directory: this.#directory,
      settings: this.#settings,
      transactionalId,
      after,
      targets: this.#targets,
      buffers: this.#buffers,
      memberOf: this.#memberOf,
      identity: () => this.#identity(),
      ended: (outcome) => {
        this.#open = undefined;
        this.#settled = false;
        // With a new identity nothing that is still on its way can be taken for a part of the next transaction.
        if (outcome === "doubtful") this.#transactional = undefined;
        // A fenced producer must not take the id back by starting anew.
        if (outcome === "fenced") this.#fenced = true;
      },
    });
    this.#open = transaction;
    return transaction;
  }

  /** A commit is answered before its markers are with every partition; a new identity is given only after that. */
  async settled(): Promise<void> {
    const transactionalId = this.#transactionalId;
    if (this.#settled || this.#closed || this.#fenced || this.#open !== undefined || transactionalId === undefined)
      return;
    this.#transactional = this.#initialise(transactionalId);
    await this.#transactional;
    this.#settled = true;
  }

  #check(): void {
    if (this.#closed) throw new StreamsError("CLOSED", "this producer is closed: open another one");
  }

  /** Waits for the records sent so far. Aborts an open transaction. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#writer.drained();
    await this.#open?.abort().catch(() => undefined);
    await this.#cluster.disconnect();
  }
}

const heldError = (transactionalId: string | undefined, cause: unknown): StreamsError =>
  new StreamsError("TRANSACTION_HELD", `start producer ${transactionalId}: its former transaction does not end`, cause);
