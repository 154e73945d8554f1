import type { Backbone, GroupReader, Producer, Reader, Transaction } from "../../backbone/backbone.ts";
import type { LogHistory } from "../../backbone/log-history.ts";
import type { SchemaRegistry } from "../../registry/registry.ts";
import { PROTOCOL, type ListenerCalls, type ServerCalls } from "./calls.ts";
import { Handles } from "./handles.ts";
import { fitting } from "./wire-size.ts";
import { brokenPromise } from "../../errors.ts";

export interface ServedBackbone extends Backbone {
  history(): Promise<LogHistory>;
  remove(topics: readonly string[]): Promise<void>;
  readonly registry: SchemaRegistry;
}

export interface Session {
  readonly calls: ServerCalls;
  /** Aborts open transactions, leaves the groups, closes the readers (which ends their polls) and the producers. */
  close(): Promise<void>;
}

/** One client's open objects in the process that has the log. */
export function createSession(backbone: ServedBackbone, listeners: ListenerCalls): Session {
  const { registry } = backbone;
  const producers = new Handles<Producer>("producer", (producer) => producer.close());
  const transactions = new Handles<Transaction>("transaction", (transaction) => transaction.abort());
  const readers = new Handles<Reader | GroupReader>("reader", (reader) => reader.close());

  const calls: ServerCalls = {
    hello: () => Promise.resolve(PROTOCOL),

    ensureTopics: (specs) => backbone.ensureTopics(specs),
    partitions: (topic) => backbone.partitions(topic),
    topics: () => backbone.topics(),
    retention: (topics) => backbone.retention(topics),
    retain: (topics) => backbone.retain(topics),
    grow: (topic, partitions) => backbone.grow(topic, partitions),
    remove: (topics) => backbone.remove(topics),
    describe: (topics) => backbone.describe(topics),
    offsets: (topics) => backbone.offsets(topics),
    ranges: (topics) => backbone.ranges(topics),
    committed: (groupId, topics) => backbone.committed(groupId, topics),
    history: () => backbone.history(),
    commit: (groupId, positions) => backbone.commit(groupId, positions),

    openProducer: (options) => producers.keep(backbone.producer(options)),
    send: (producer, records) => producers.get(producer).send(records),
    closeProducer: (producer) => producers.close(producer),

    begin: (producer) => transactions.keep(producers.get(producer).begin()),
    sendWithin: (transaction, records) => transactions.get(transaction).send(records),
    sendOffsets: (transaction, groupId, positions) => transactions.get(transaction).sendOffsets(groupId, positions),
    async commitTransaction(handle) {
      const transaction = transactions.get(handle);
      transactions.forget(handle);
      await transaction.commit();
    },
    abortTransaction: (transaction) => transactions.close(transaction),

    openReader: (positions) => readers.keep(backbone.reader(positions)),
    joinGroup: (groupId, copartitioned, listener) =>
      readers.keep(
        backbone.group({
          groupId,
          copartitioned,
          listener: {
            assigned: (partitions) => listeners.assigned(listener, partitions),
            revoked: (partitions) => listeners.revoked(listener, partitions),
          },
        }),
      ),
    async poll(handle, maxWaitMs, maxRecords) {
      const reader = readers.get(handle);
      return fitting(await reader.poll(maxWaitMs, maxRecords), reader);
    },
    async pause(reader, partitions) {
      readers.get(reader).pause(partitions);
    },
    async resume(reader, partitions) {
      readers.get(reader).resume(partitions);
    },
    async seek(reader, position) {
      readers.get(reader).seek(position);
    },
    async commitGroup(handle, positions) {
      const reader = readers.get(handle);
      if (!("commit" in reader)) throw brokenPromise("a reader without a group has nothing to commit");
      await reader.commit(positions);
    },
    closeReader: (reader) => readers.close(reader),

    register: (subject, schema, compatibility) => registry.register(subject, schema, compatibility),
    schema: (id) => registry.schema(id),
    subjects: () => registry.subjects(),
  };

  return {
    calls,
    async close() {
      await transactions.closeAll();
      await readers.closeAll();
      await producers.closeAll();
    },
  };
}
