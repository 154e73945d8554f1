import type { TopicPartition, TopicRetention, TopicSpec } from "../../backbone/backbone.ts";
import { StreamsError } from "../../errors.ts";
import { counterKey, prefixRange, removedKey, topicKey } from "./keys.ts";
import { nameOf } from "./log-reader.ts";
import type { LogStore } from "./log-store.ts";
import { PartitionLog } from "./partition-log.ts";
import type { Operation } from "./write-queue.ts";

export interface Topic {
  /** In the keys of its records: never given to another topic. */
  readonly id: number;
  spec: TopicSpec;
  logs: readonly PartitionLog[];
}

/** The most that the layout of the keys has room for. */
const MOST_ID = 0xffff;

/** The topics and their logs. Memory changes once the database has the change, one change after the other. */
export class TopicTable {
  readonly #store: LogStore;
  readonly #now: () => number;
  readonly #topics = new Map<string, Topic>();
  #nextId = 1;
  #changing: Promise<unknown> = Promise.resolve();

  /** @param now the wall clock, ms. */
  constructor(store: LogStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  [Symbol.iterator](): Iterator<Topic> {
    return this.#topics.values();
  }

  names(): readonly string[] {
    return [...this.#topics.keys()].sort();
  }

  /** By name. */
  numbers(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#topics].map(([name, { id }]) => [name, id]));
  }

  find(name: string): Topic | undefined {
    return this.#topics.get(name);
  }

  get(name: string): Topic {
    const topic = this.#topics.get(name);
    if (topic === undefined) {
      throw new StreamsError("UNKNOWN_TOPIC", `there is no topic ${name}: create it first, or check its name`);
    }
    return topic;
  }

  log(at: TopicPartition): PartitionLog {
    const log = this.get(at.topic).logs[at.partition];
    if (log === undefined) throw new StreamsError("UNKNOWN_TOPIC", `there is no partition ${nameOf(at)}`);
    return log;
  }

  /** By `topic/partition`, of those that have records. */
  ends(): Readonly<Record<string, number>> {
    const logs = [...this.#topics.values()].flatMap((topic) => topic.logs).filter(({ end }) => end > 0);
    return Object.fromEntries(logs.map((log) => [nameOf(log), log.end]));
  }

  /**
   * Loads memory from the database, also for topics that are known already.
   * @returns the logs that have lost records which readers had seen.
   */
  async load(): Promise<readonly PartitionLog[]> {
    const stored = new Map<string, { readonly id: number; readonly spec: TopicSpec }>();
    for await (const [, value] of this.#store.iterator(prefixRange("t"))) {
      const topic = JSON.parse(value.toString()) as { id: number; spec: TopicSpec };
      stored.set(topic.spec.name, topic);
    }
    const counted = this.#store.get(counterKey())?.readUInt32BE() ?? 1;
    this.#nextId = Math.max(counted, ...[...stored.values()].map(({ id }) => id + 1));
    const lost: PartitionLog[] = [];
    for (const [name, topic] of this.#topics) {
      if (stored.get(name)?.id !== topic.id) this.#topics.delete(name);
      for (const log of topic.logs) if (!log.reload()) lost.push(log);
    }
    for (const { id, spec } of stored.values()) {
      const known = this.#topics.get(spec.name);
      if (known === undefined) this.#add(id, spec);
      else this.#respecify(known, spec);
    }
    return lost;
  }

  #add(id: number, spec: TopicSpec): void {
    this.#topics.set(spec.name, { id, spec, logs: this.#logs(id, spec, 0) });
  }

  #logs(id: number, spec: TopicSpec, from: number): readonly PartitionLog[] {
    return Array.from(
      { length: Math.max(0, spec.partitions - from) },
      (_, at) => new PartitionLog(this.#store, id, spec, from + at, this.#now),
    );
  }

  #respecify(topic: Topic, spec: TopicSpec): void {
    topic.spec = spec;
    topic.logs = [...topic.logs, ...this.#logs(topic.id, spec, topic.logs.length)];
    for (const log of topic.logs) {
      log.timestamps = spec.timestamps;
      log.retentionMs = spec.retentionMs;
    }
  }

  /** Creates the missing topics. Rejects with `TOPIC_MISMATCH`. */
  ensure(specs: readonly TopicSpec[]): Promise<void> {
    return this.#change(() => this.#ensure(specs));
  }

  async #ensure(specs: readonly TopicSpec[]): Promise<void> {
    const operations: Operation[] = [];
    const changes: (() => void)[] = [];
    const planned = new Map<string, TopicSpec>();
    let next = this.#nextId;
    for (const spec of specs) {
      const there = planned.get(spec.name) ?? this.#topics.get(spec.name)?.spec;
      if (there === undefined) {
        const id = next++;
        if (id > MOST_ID) {
          throw new StreamsError("TOPIC_MISMATCH", `topic ${spec.name}: this log has had ${MOST_ID} topics, its most`);
        }
        planned.set(spec.name, spec);
        operations.push(putTopic({ id, spec }), { type: "put", key: counterKey(), value: counterValue(next) });
        changes.push(() => this.#add(id, spec));
      } else if (there.partitions !== spec.partitions) {
        throw new StreamsError(
          "TOPIC_MISMATCH",
          `topic ${spec.name} has ${there.partitions} partitions, not ${spec.partitions}: ` +
            `set the number it has, or use another name`,
        );
      } else if (spec.timestamps !== undefined && spec.timestamps !== there.timestamps) {
        const topic = this.#topics.get(spec.name);
        if (topic === undefined) continue;
        const changed = { ...there, timestamps: spec.timestamps };
        operations.push(putTopic({ id: topic.id, spec: changed }));
        changes.push(() => this.#respecify(topic, changed));
      }
    }
    if (operations.length === 0) return;
    await this.#store.submit(operations, () => {
      this.#nextId = next;
      for (const change of changes) change();
    });
  }

  /** The topic has at least so many partitions from now on. Rejects with `UNKNOWN_TOPIC`. */
  grow(name: string, partitions: number): Promise<void> {
    return this.#change(async () => {
      const topic = this.get(name);
      if (partitions <= topic.spec.partitions) return;
      const spec = { ...topic.spec, partitions };
      await this.#store.submit([putTopic({ id: topic.id, spec })], () => this.#respecify(topic, spec));
    });
  }

  /**
   * Removes topics; names without a topic are left out. Their content is to be deleted afterwards: see `removed`.
   * @param more operations stored with it
   */
  remove(names: readonly string[], more: (topics: readonly Topic[]) => readonly Operation[]): Promise<void> {
    return this.#change(async () => {
      const topics = [...new Set(names)].flatMap((name) => this.#topics.get(name) ?? []);
      if (topics.length === 0) return;
      const operations = topics.flatMap(({ id, spec }): readonly Operation[] => [
        { type: "del", key: topicKey(spec.name) },
        { type: "put", key: removedKey(id), value: Buffer.from(spec.name) },
      ]);
      // At once: a later append would be stored behind the deletion.
      for (const { spec } of topics) this.#topics.delete(spec.name);
      await this.#store.submit([...operations, ...more(topics)], () => undefined);
    });
  }

  /** @returns the topics whose retention has changed. */
  retain(topics: readonly TopicRetention[]): Promise<readonly Topic[]> {
    return this.#change(async () => {
      const changed = topics
        .map(({ topic, retentionMs }) => ({ topic: this.get(topic), retentionMs: retentionMs ?? undefined }))
        .filter(({ topic, retentionMs }) => topic.spec.retentionMs !== retentionMs)
        .map(({ topic, retentionMs }) => {
          const { retentionMs: _, ...rest } = topic.spec;
          return { topic, spec: { ...rest, retentionMs } };
        });
      const operations = changed.map(({ topic, spec }) => putTopic({ id: topic.id, spec }));
      await this.#store.submit(operations, () => {
        for (const { topic, spec } of changed) this.#respecify(topic, spec);
      });
      return changed.map(({ topic }) => topic);
    });
  }

  #change<T>(change: () => Promise<T>): Promise<T> {
    const changed = this.#changing.then(change);
    this.#changing = changed.catch(() => undefined);
    return changed;
  }
}

const putTopic = ({ id, spec }: Pick<Topic, "id" | "spec">): Operation => ({
  type: "put",
  key: topicKey(spec.name),
  value: Buffer.from(JSON.stringify({ id, spec })),
});

function counterValue(next: number): Buffer {
  const value = Buffer.allocUnsafe(4);
  value.writeUInt32BE(next);
  return value;
}
