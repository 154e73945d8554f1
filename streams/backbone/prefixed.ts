import type { Backbone, OutgoingRecord, Position, Reader, TopicPartition } from "./backbone.ts";

/**
 * A backbone whose topics, groups and transactional ids all begin with a prefix: several applications, or several runs of one,
 * on the same brokers. Callers see the bare names.
 */
export function prefixed(backbone: Backbone, prefix: string): Backbone {
  const add = <T extends { readonly topic: string }>(at: T): T => ({ ...at, topic: prefix + at.topic });
  const cut = <T extends { readonly topic: string }>(at: T): T => ({ ...at, topic: at.topic.slice(prefix.length) });
  const own = (topic: string): boolean => topic.startsWith(prefix);
  const addAll = <T extends { readonly topic: string }>(all: readonly T[]): T[] => all.map(add);
  const records = (all: readonly OutgoingRecord[]): OutgoingRecord[] => addAll(all);
  const read = <R extends Reader>(reader: R): Reader => ({
    poll: async (wait, most) => (await reader.poll(wait, most)).map(cut),
    pause: (at: readonly TopicPartition[]) => reader.pause(addAll(at)),
    resume: (at: readonly TopicPartition[]) => reader.resume(addAll(at)),
    seek: (position: Position) => reader.seek(add(position)),
    close: () => reader.close(),
  });
  return {
    kind: backbone.kind,
    ensureTopics: (specs) => backbone.ensureTopics(specs.map((spec) => ({ ...spec, name: prefix + spec.name }))),
    partitions: (topic) => backbone.partitions(prefix + topic),
    topics: async () => (await backbone.topics()).filter(own).map((name) => name.slice(prefix.length)),
    offsets: async (topics) => (await backbone.offsets(topics.map((name) => prefix + name))).map(cut),
    async producer(options = {}) {
      const { transactionalId } = options;
      const producer = await backbone.producer(
        transactionalId === undefined ? {} : { transactionalId: prefix + transactionalId },
      );
      return {
        send: (all) => producer.send(records(all)),
        async begin() {
          const transaction = await producer.begin();
          return {
            send: (all) => transaction.send(records(all)),
            sendOffsets: (groupId, positions) => transaction.sendOffsets(prefix + groupId, addAll(positions)),
            commit: () => transaction.commit(),
            abort: () => transaction.abort(),
          };
        },
        close: () => producer.close(),
      };
    },
    async group({ groupId, copartitioned, listener }) {
      const group = await backbone.group({
        groupId: prefix + groupId,
        copartitioned: copartitioned.map((topics) => topics.map((name) => prefix + name)),
        listener: {
          assigned: async (at) => addAll(await listener.assigned(at.map(cut))),
          revoked: (at) => listener.revoked(at.map(cut)),
        },
      });
      return { ...read(group), commit: (positions) => group.commit(addAll(positions)) };
    },
    reader: async (positions) => read(await backbone.reader(addAll(positions))),
    committed: async (groupId, topics) =>
      (
        await backbone.committed(
          prefix + groupId,
          topics.map((name) => prefix + name),
        )
      ).map(cut),
    commit: (groupId, positions) => backbone.commit(prefix + groupId, addAll(positions)),
    close: () => backbone.close(),
  };
}
