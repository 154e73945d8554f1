import { seenAs } from "./log-history.ts";
import type { Backbone, OutgoingRecord, Position, Reader, TopicPartition } from "./backbone.ts";

/** Maps callers' names and the brokers' names. Two topics never share a name on either side. */
export interface Names {
  /** The name on the brokers. */
  readonly outer: (topic: string) => string;
  /** The callers' name; `undefined` for a topic that is hidden from them. */
  readonly inner: (outer: string) => string | undefined;
  /** Prefix of every group and transactional id. */
  readonly prefix: string;
  /** Called before a write with the callers' topic name; throws to refuse. */
  readonly mayWrite?: (topic: string) => void;
  /** Called before a missing topic is made, with the callers' name; throws to refuse. */
  readonly mayCreate?: (topic: string) => void;
}

/** A backbone whose callers see topics, groups and transactional ids under other names. */
export function renamed(backbone: Backbone, names: Names): Backbone {
  const { outer, inner, prefix, mayWrite, mayCreate } = names;
  const add = <T extends { readonly topic: string }>(at: T): T => ({ ...at, topic: outer(at.topic) });
  const cut = <T extends { readonly topic: string }>(at: T): T => ({ ...at, topic: inner(at.topic) ?? at.topic });
  const addAll = <T extends { readonly topic: string }>(all: readonly T[]): T[] => all.map(add);
  const records = (all: readonly OutgoingRecord[]): OutgoingRecord[] => {
    if (mayWrite !== undefined) for (const { topic } of all) mayWrite(topic);
    return addAll(all);
  };
  const read = <R extends Reader>(reader: R): Reader => ({
    poll: async (wait, most) => (await reader.poll(wait, most)).map(cut),
    pause: (at: readonly TopicPartition[]) => reader.pause(addAll(at)),
    resume: (at: readonly TopicPartition[]) => reader.resume(addAll(at)),
    seek: (position: Position) => reader.seek(add(position)),
    close: () => reader.close(),
  });
  return {
    kind: backbone.kind,
    fencesOffsets: backbone.fencesOffsets,
    async ensureTopics(specs) {
      if (mayCreate !== undefined) {
        for (const { name } of specs) if ((await backbone.partitions(outer(name))) === undefined) mayCreate(name);
      }
      await backbone.ensureTopics(specs.map((spec) => ({ ...spec, name: outer(spec.name) })));
    },
    async grow(topic, partitions) {
      mayWrite?.(topic);
      await backbone.grow(outer(topic), partitions);
    },
    describe: async (topics) => (await backbone.describe(topics.map(outer))).map(cut),
    partitions: (topic) => backbone.partitions(outer(topic)),
    topics: async () => (await backbone.topics()).flatMap((name) => inner(name) ?? []).sort(),
    ...(backbone.recordBytes === undefined
      ? {}
      : {
          recordBytes: async (topics: readonly string[]) => {
            const found = await backbone.recordBytes!(topics.map(outer));
            return new Map([...found].map(([topic, bytes]) => [inner(topic) ?? topic, bytes]));
          },
        }),
    retention: async (topics) => (await backbone.retention(topics.map(outer))).map(cut),
    async retain(topics) {
      if (mayWrite !== undefined) for (const { topic } of topics) mayWrite(topic);
      await backbone.retain(addAll(topics));
    },
    offsets: async (topics) => (await backbone.offsets(topics.map(outer))).map(cut),
    ranges: async (topics) => (await backbone.ranges(topics.map(outer))).map(cut),
    ...(backbone.table === undefined
      ? {}
      : {
          table: async (at: TopicPartition) => {
            mayWrite?.(at.topic);
            return backbone.table!(add(at));
          },
        }),
    async producer(options = {}) {
      const { transactionalId } = options;
      const producer = await backbone.producer(
        transactionalId === undefined ? {} : { transactionalId: prefix + transactionalId },
      );
      return {
        send: async (all) => producer.send(records(all)),
        endOf: (at) => producer.endOf?.(add(at)),
        async begin() {
          const transaction = await producer.begin();
          return {
            send: async (all) => transaction.send(records(all)),
            endOf: (at) => transaction.endOf?.(add(at)),
            sendOffsets: (groupId, positions) => transaction.sendOffsets(prefix + groupId, addAll(positions)),
            commit: () => transaction.commit(),
            abort: () => transaction.abort(),
          };
        },
        settled: async () => producer.settled?.(),
        close: () => producer.close(),
      };
    },
    async group({ groupId, copartitioned, listener, ...options }) {
      const group = await backbone.group({
        ...options,
        groupId: prefix + groupId,
        copartitioned: copartitioned.map((topics) => topics.map(outer)),
        listener: {
          async assigned(at, committed) {
            const own = committed === undefined ? undefined : async () => (await committed()).map(cut);
            return addAll(await listener.assigned(at.map(cut), own));
          },
          revoked: (at) => listener.revoked(at.map(cut)),
          standby: async (at) => listener.standby?.(at.map(cut)),
          onTrimmed: (trimmed) => listener.onTrimmed?.(cut(trimmed)),
        },
      });
      return { ...read(group), commit: (positions) => group.commit(addAll(positions)) };
    },
    reader: async (positions, { onTrimmed } = {}) =>
      read(await backbone.reader(addAll(positions), { onTrimmed: (trimmed) => onTrimmed?.(cut(trimmed)) })),
    ...(backbone.history === undefined
      ? {}
      : { history: async () => seenAs(await backbone.history!(), (topic) => inner(topic) ?? topic) }),
    committed: async (groupId, topics) => (await backbone.committed(prefix + groupId, topics.map(outer))).map(cut),
    commit: (groupId, positions) => backbone.commit(prefix + groupId, addAll(positions)),
    close: () => backbone.close(),
  };
}
