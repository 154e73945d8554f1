import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import type {
  Backbone,
  GroupOptions,
  GroupReader,
  OutgoingRecord,
  PartitionOffsets,
  Position,
  Producer,
  ProducerOptions,
  Reader,
  TopicPartition,
  TopicRetention,
  TopicSpec,
} from "../backbone/backbone.ts";
import { StreamsError } from "../errors.ts";
import { steadyWallClock } from "../steady-clock.ts";
import { Coordinator, type Share } from "./coordinator.ts";
import { groupKey, prefixRange, topicKey } from "./keys.ts";
import { LogGroup } from "./log-group.ts";
import { LogProducer, type Append } from "./log-producer.ts";
import { LogReader, nameOf } from "./log-reader.ts";
import { PartitionLog } from "./partition-log.ts";
import { EmbeddedRegistry } from "./embedded-registry.ts";
import { Retention } from "./retention.ts";
import { WriteQueue, type LogDatabase, type Operation } from "./write-queue.ts";

export interface EmbeddedBackboneOptions {
  /** Directory of the log; made when missing. One process at a time may have it open. */
  readonly dir: string;
  /** The wall clock, ms; default the system's without its short jumps. It bounds what retention removes, and stamps what is stamped on arrival. */
  readonly now?: () => number;
}

interface Topic {
  readonly id: number;
  spec: TopicSpec;
  readonly logs: readonly PartitionLog[];
}

/**
 * A log with partitions, offsets, groups, compaction and transactions inside this process, kept in LevelDB. What one
 * `send` or one `commit` holds is stored in one atomic write, which survives kill -9 of the process (not a power cut:
 * the operating system still has to write it to the disk).
 */
export async function createEmbeddedBackbone(options: EmbeddedBackboneOptions): Promise<EmbeddedBackbone> {
  await mkdir(options.dir, { recursive: true });
  const database: LogDatabase = new ClassicLevel(join(options.dir, "log"), {
    keyEncoding: "buffer",
    valueEncoding: "buffer",
    writeBufferSize: 16 * 1024 * 1024,
  });
  try {
    await database.open();
  } catch (error) {
    const locked = error instanceof Error && (error.cause as { code?: string } | undefined)?.code === "LEVEL_LOCKED";
    throw locked
      ? new StreamsError("BACKBONE_LOCKED", `${options.dir} is open in another process: stop that one first`, error)
      : new StreamsError("BACKBONE_UNAVAILABLE", `${options.dir} can't be opened`, error);
  }
  const backbone = new EmbeddedBackbone(database, options.now);
  await backbone.load();
  return backbone;
}

export class EmbeddedBackbone implements Backbone {
  readonly kind = "embedded";
  readonly fencesOffsets = true;
  readonly registry: EmbeddedRegistry;
  readonly #database: LogDatabase;
  readonly #now: () => number;
  readonly #writes: WriteQueue;
  readonly #retention: Retention;
  readonly #topics = new Map<string, Topic>();
  readonly #offsets = new Map<string, number>();
  readonly #groups = new Map<string, Coordinator>();
  readonly #epochs = new Map<string, number>();
  #closed = false;

  constructor(database: LogDatabase, now: () => number = steadyWallClock()) {
    this.#database = database;
    this.#now = now;
    this.#writes = new WriteQueue(database);
    this.#retention = new Retention((operations, stored) => this.#writes.submit(operations, stored), now);
    this.registry = new EmbeddedRegistry(database, (operations) => this.#writes.submit(operations, () => undefined));
  }

  async load(): Promise<void> {
    for await (const [, value] of this.#database.iterator(prefixRange("t"))) {
      const { id, spec } = JSON.parse(value.toString()) as { id: number; spec: TopicSpec };
      for (const log of this.#addTopic(id, spec)) {
        if (spec.retentionMs === undefined) continue;
        await log.recall();
        this.#retention.check(log);
      }
    }
    for await (const [key, value] of this.#database.iterator(prefixRange("g"))) {
      this.#offsets.set(key.toString("utf8", 1), Number(value.toString()));
    }
    await this.registry.load();
  }

  #addTopic(id: number, spec: TopicSpec): readonly PartitionLog[] {
    const logs = Array.from(
      { length: spec.partitions },
      (_, partition) => new PartitionLog(this.#database, id, spec, partition, this.#now),
    );
    this.#topics.set(spec.name, { id, spec, logs });
    return logs;
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    const operations: Operation[] = [];
    for (const spec of specs) {
      const there = this.#topics.get(spec.name);
      if (there === undefined) {
        const id = this.#topics.size + 1;
        this.#addTopic(id, spec);
        operations.push(putTopic({ id, spec }));
      } else if (there.spec.partitions !== spec.partitions) {
        throw new StreamsError(
          "TOPIC_MISMATCH",
          `topic ${spec.name} has ${there.spec.partitions} partitions, not ${spec.partitions}: ` +
            `set the number it has, or use another name`,
        );
      } else if (spec.timestamps !== undefined && spec.timestamps !== there.spec.timestamps) {
        there.spec = { ...there.spec, timestamps: spec.timestamps };
        for (const log of there.logs) log.timestamps = spec.timestamps;
        operations.push(putTopic(there));
      }
    }
    await this.#writes.submit(operations, () => undefined);
  }

  partitions(topic: string): Promise<number | undefined> {
    return Promise.resolve(this.#topics.get(topic)?.spec.partitions);
  }

  topics(): Promise<readonly string[]> {
    return Promise.resolve([...this.#topics.keys()].sort());
  }

  async retention(topics: readonly string[]): Promise<readonly TopicRetention[]> {
    return topics.map((topic) => ({ topic, retentionMs: this.#topic(topic).spec.retentionMs ?? null }));
  }

  async retain(topics: readonly TopicRetention[]): Promise<void> {
    const changed = topics
      .map(({ topic, retentionMs }) => ({ topic: this.#topic(topic), retentionMs: retentionMs ?? undefined }))
      .filter(({ topic, retentionMs }) => topic.spec.retentionMs !== retentionMs);
    const operations = changed.map(({ topic, retentionMs }): Operation => {
      const { retentionMs: _, ...rest } = topic.spec;
      topic.spec = { ...rest, ...(retentionMs === undefined ? {} : { retentionMs }) };
      return putTopic(topic);
    });
    await this.#writes.submit(operations, () => undefined);
    for (const { topic, retentionMs } of changed) {
      for (const log of topic.logs) {
        log.retentionMs = retentionMs;
        if (retentionMs === undefined) continue;
        await log.recall();
        this.#retention.check(log);
      }
    }
  }

  offsets(topics: readonly string[]): Promise<readonly PartitionOffsets[]> {
    return Promise.resolve(
      topics.flatMap((topic) =>
        this.#topic(topic).logs.map((log) => ({
          topic,
          partition: log.partition,
          start: log.start,
          end: log.end,
        })),
      ),
    );
  }

  async producer(options: ProducerOptions = {}): Promise<Producer> {
    const epochs = this.#epochs;
    return new LogProducer(
      this.#append,
      {
        next: (id) => {
          const epoch = (epochs.get(id) ?? 0) + 1;
          epochs.set(id, epoch);
          return epoch;
        },
        current: (id) => epochs.get(id),
      },
      options.transactionalId,
    );
  }

  readonly #append: Append = async (records, offsets) => {
    if (this.#closed) throw new StreamsError("CLOSED", "the embedded backbone is closed");
    const byLog = new Map<PartitionLog, OutgoingRecord[]>();
    for (const record of records) {
      const log = this.#log(record);
      const group = byLog.get(log);
      if (group === undefined) byLog.set(log, [record]);
      else group.push(record);
    }
    const operations: Operation[] = [];
    const stored = [...byLog].map(([log, group]) => log.append(group, operations));
    for (const { groupId, position } of offsets) {
      operations.push({
        type: "put",
        key: groupKey(groupId, position.topic, position.partition),
        value: Buffer.from(String(position.offset)),
      });
    }
    await this.#writes.submit(operations, () => {
      for (const { groupId, position } of offsets) {
        this.#offsets.set(`${groupId}\0${position.topic}\0${position.partition}`, position.offset);
      }
      for (const show of stored) show();
      for (const log of byLog.keys()) this.#retention.check(log);
    });
  };

  #topic(name: string): Topic {
    const topic = this.#topics.get(name);
    if (topic === undefined) {
      throw new StreamsError("UNKNOWN_TOPIC", `there is no topic ${name}: create it first, or check its name`);
    }
    return topic;
  }

  #log(at: TopicPartition): PartitionLog {
    const log = this.#topic(at.topic).logs[at.partition];
    if (log === undefined) throw new StreamsError("UNKNOWN_TOPIC", `there is no partition ${nameOf(at)}`);
    return log;
  }

  reader(positions: readonly Position[]): Promise<Reader> {
    const reader = new LogReader((at) => this.#log(at));
    for (const position of positions) reader.add(position);
    return Promise.resolve(reader);
  }

  group(options: GroupOptions): Promise<GroupReader> {
    const { groupId, listener } = options;
    let coordinator = this.#groups.get(groupId);
    if (coordinator === undefined) this.#groups.set(groupId, (coordinator = new Coordinator()));
    const group = new LogGroup(new LogReader((at) => this.#log(at)), {
      groupId,
      coordinator,
      listener,
      shares: options.copartitioned.flatMap((topics) => this.#shares(topics)),
      committed: (at) => this.#offsets.get(`${groupId}\0${at.topic}\0${at.partition}`),
      commit: (id, positions) => this.commit(id, positions),
    });
    return Promise.resolve(group);
  }

  #shares(topics: readonly string[]): Share[] {
    const count = Math.max(...topics.map((topic) => this.#topic(topic).spec.partitions));
    return Array.from({ length: count }, (_, partition) => ({
      id: `${topics.join("+")}/${partition}`,
      partitions: topics.map((topic) => ({ topic, partition })),
    }));
  }

  committed(groupId: string, topics: readonly string[]): Promise<readonly Position[]> {
    const positions = topics.flatMap((topic) =>
      this.#topic(topic).logs.flatMap(({ partition }) => {
        const offset = this.#offsets.get(`${groupId}\0${topic}\0${partition}`);
        return offset === undefined ? [] : [{ topic, partition, offset }];
      }),
    );
    return Promise.resolve(positions);
  }

  commit(groupId: string, positions: readonly Position[]): Promise<void> {
    return this.#append(
      [],
      positions.map((position) => ({ groupId, position })),
    );
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#retention.close();
    await this.#writes.drained();
    await this.#database.close();
  }
}

const putTopic = ({ id, spec }: Pick<Topic, "id" | "spec">): Operation => ({
  type: "put",
  key: topicKey(spec.name),
  value: Buffer.from(JSON.stringify({ id, spec })),
});
