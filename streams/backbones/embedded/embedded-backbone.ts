import type {
  Backbone,
  GroupOptions,
  GroupReader,
  KeyedTable,
  OutgoingRecord,
  PartitionOffsets,
  Position,
  Producer,
  ProducerOptions,
  Reader,
  ReaderOptions,
  TopicDescription,
  TopicPartition,
  TopicRetention,
  TopicSpec,
} from "../../backbone/backbone.ts";
import type { LogHistory } from "../../backbone/log-history.ts";
import { silent, type Log } from "../../log.ts";
import { Outages, reasonOf } from "../../outage.ts";
import { makePrivate } from "../../private-files.ts";
import { steadyWallClock } from "../../steady-clock.ts";
import { CommittedOffsets, putPositions } from "./group/committed-offsets.ts";
import { Coordinator, type Share } from "./group/coordinator.ts";
import { DiskSync } from "./disk-sync.ts";
import type { EmbeddedBackboneOptions } from "./embedded-options.ts";
import { Epochs } from "./epochs.ts";
import { LogGroup } from "./group/log-group.ts";
import { LogProducer, type Append } from "./log-producer.ts";
import { LogReader, nameOf } from "./log-reader.ts";
import { LogStore } from "./log-store.ts";
import type { PartitionLog } from "./partition-log.ts";
import { EmbeddedRegistry } from "./embedded-registry.ts";
import { deleteRemoved } from "./removed-topics.ts";
import { Retention } from "./retention.ts";
import { soundLog } from "./sound-log.ts";
import { TopicTable } from "./topic-table.ts";
import type { LogDatabase, Operation } from "./write-queue.ts";

export class EmbeddedBackbone implements Backbone {
  readonly kind = "embedded";
  readonly fencesOffsets = true;
  readonly registry: EmbeddedRegistry;
  readonly #store: LogStore;
  readonly #sync: DiskSync;
  readonly #log: Log;
  readonly #path: string;
  readonly #retention: Retention;
  readonly #topics: TopicTable;
  readonly #offsets = new CommittedOffsets();
  readonly #openings: Epochs;
  readonly #groups = new Map<string, Coordinator>();
  readonly #epochs = new Map<string, number>();
  #deleting: Promise<void> = Promise.resolve();
  #closed = false;

  /** @param database open, with its folder. */
  constructor(database: LogDatabase, path: string, options: Omit<EmbeddedBackboneOptions, "database">) {
    const { dir, now = steadyWallClock(), log = silent, sync: mode = "none" } = options;
    const { outages = new Outages(log) } = options;
    this.#log = log;
    this.#path = path;
    this.#sync = new DiskSync({ database, path, mode, failed: (error) => this.#store.fail(error) });
    this.#store = new LogStore({
      dir,
      database,
      outage: outages.of("the embedded log"),
      write: (operations, durable) => this.#sync.write(operations, durable),
      sync: () => this.#sync.close(),
      prepare: () => soundLog(dir, path, log),
      reopened: () => this.#reopened(),
    });
    this.#topics = new TopicTable(this.#store, now);
    this.#openings = new Epochs(this.#store, () => this.#topics.ends());
    this.#retention = new Retention((operations, stored) => this.#store.submit(operations, stored), now);
    this.registry = new EmbeddedRegistry(this.#store);
  }

  /** Loads memory from the database. Call it once the database is open, before anything else. */
  async load(): Promise<void> {
    const lost = await this.#topics.load();
    if (lost.length > 0) {
      const partitions = lost.map((log) => ({ partition: nameOf(log), end: log.end }));
      this.#log.error({ partitions }, "the disk has lost the newest records of the embedded log");
    }
    await this.#offsets.load(this.#store, (topic, partition) => this.#topics.find(topic)?.logs[partition]?.end);
    await this.#openings.load(lost.length === 0);
    await this.registry.load();
    this.#deleteRemoved().catch((error: unknown) =>
      this.#log.warn({ error: reasonOf(error) }, "removed topics are not all deleted yet: the next start goes on"),
    );
    for (const { spec, logs } of this.#topics) {
      if (spec.retentionMs === undefined) continue;
      for (const log of logs) {
        await log.recall();
        this.#retention.check(log);
      }
    }
  }

  async #reopened(): Promise<void> {
    this.#sync.forget();
    await this.load();
  }

  ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    return this.#topics.ensure(specs);
  }

  grow(topic: string, partitions: number): Promise<void> {
    return this.#topics.grow(topic, partitions);
  }

  async remove(topics: readonly string[]): Promise<void> {
    await this.#topics.remove(topics, (removed) => this.#offsets.forget(new Set(removed.map(({ spec }) => spec.name))));
    await this.#deleteRemoved();
  }

  /** One at a time. */
  #deleteRemoved(): Promise<void> {
    const next = this.#deleting.then(() => deleteRemoved(this.#store, () => this.#closed));
    this.#deleting = next.catch(() => undefined);
    return next;
  }

  describe(topics: readonly string[]): Promise<readonly TopicDescription[]> {
    const found = topics.flatMap((topic) => {
      const partitions = this.#topics.find(topic)?.logs.length;
      return partitions === undefined ? [] : [{ topic, partitions }];
    });
    return Promise.resolve(found);
  }

  partitions(topic: string): Promise<number | undefined> {
    return Promise.resolve(this.#topics.find(topic)?.spec.partitions);
  }

  topics(): Promise<readonly string[]> {
    return Promise.resolve(this.#topics.names());
  }

  async retention(topics: readonly string[]): Promise<readonly TopicRetention[]> {
    return topics.map((topic) => ({ topic, retentionMs: this.#topics.get(topic).spec.retentionMs ?? null }));
  }

  async retain(topics: readonly TopicRetention[]): Promise<void> {
    for (const { spec, logs } of await this.#topics.retain(topics)) {
      if (spec.retentionMs === undefined) continue;
      for (const log of logs) {
        await log.recall();
        this.#retention.check(log);
      }
    }
  }

  offsets(topics: readonly string[]): Promise<readonly PartitionOffsets[]> {
    return Promise.resolve(
      topics.flatMap((topic) =>
        this.#topics.get(topic).logs.map((log) => ({
          topic,
          partition: log.partition,
          start: log.start,
          end: log.end,
          ...(log.content.isKept ? { byKey: true as const } : {}),
        })),
      ),
    );
  }

  ranges(topics: readonly string[]): Promise<readonly PartitionOffsets[]> {
    return this.offsets(topics);
  }

  async table(at: TopicPartition): Promise<KeyedTable> {
    const log = this.#topics.log(at);
    const moved = await log.keepByKey();
    if (moved > 0)
      this.#log.info({ partition: nameOf(log), records: moved }, "the partition is kept by key from now on");
    return log.content;
  }

  async producer(options: ProducerOptions = {}): Promise<Producer> {
    const epochs = this.#epochs;
    const { transactionalId } = options;
    const producer = new LogProducer(
      this.#append,
      {
        next: (id) => {
          const epoch = (epochs.get(id) ?? 0) + 1;
          epochs.set(id, epoch);
          return epoch;
        },
        current: (id) => epochs.get(id),
      },
      transactionalId,
    );
    // Commits of the producers before may still be on their way to the disk. Once this write is through, they are there
    // or have failed.
    if (transactionalId !== undefined) await this.#store.submit([], () => undefined).catch(() => undefined);
    return producer;
  }

  readonly #append: Append = async (records, offsets) => {
    if (!this.#store.available) await this.#store.refuse();
    this.#store.check();
    const byLog = new Map<PartitionLog, OutgoingRecord[]>();
    for (const record of records) {
      const log = this.#topics.log(record);
      const group = byLog.get(log);
      if (group === undefined) byLog.set(log, [record]);
      else group.push(record);
    }
    // From the first offset given out to the submission nothing may fail: it would leave a hole.
    const prepared = [...byLog].map(([log, group]) => ({ log, records: log.prepare(group) }));
    const positions = putPositions(offsets);
    const beginning = this.#openings.begin();
    const operations: Operation[] = [...beginning];
    const stored = prepared.map(({ log, records }) => log.append(records, operations));
    operations.push(...positions);
    await this.#store.submit(
      operations,
      () => {
        this.#offsets.set(offsets);
        for (const show of stored) show();
        for (const log of byLog.keys()) this.#retention.check(log);
      },
      { durable: beginning.length > 0 },
    );
  };

  async history(): Promise<LogHistory> {
    this.#store.check();
    const beginning = this.#openings.begin();
    // If the epoch has begun already, this waits for the writes under way.
    await this.#store.submit(beginning, () => undefined, { durable: beginning.length > 0 });
    return { ...this.#openings.history, topics: this.#topics.numbers() };
  }

  reader(positions: readonly Position[], { onTrimmed }: ReaderOptions = {}): Promise<Reader> {
    const reader = new LogReader((at) => this.#topics.log(at), onTrimmed);
    for (const position of positions) reader.add(position);
    return Promise.resolve(reader);
  }

  group(options: GroupOptions): Promise<GroupReader> {
    const { groupId, listener } = options;
    let coordinator = this.#groups.get(groupId);
    if (coordinator === undefined) this.#groups.set(groupId, (coordinator = new Coordinator()));
    const reader = new LogReader(
      (at) => this.#topics.log(at),
      (trimmed) => listener.onTrimmed?.(trimmed),
    );
    const group = new LogGroup(reader, {
      groupId,
      coordinator,
      listener,
      shares: options.copartitioned.flatMap((topics) => this.#shares(topics)),
      committed: (at) => this.#offsets.get(groupId, at),
      commit: (id, positions) => this.commit(id, positions),
    });
    return Promise.resolve(group);
  }

  #shares(topics: readonly string[]): Share[] {
    const count = Math.max(...topics.map((topic) => this.#topics.get(topic).spec.partitions));
    return Array.from({ length: count }, (_, partition) => ({
      id: `${topics.join("+")}/${partition}`,
      partitions: topics
        .filter((topic) => partition < this.#topics.get(topic).logs.length)
        .map((topic) => ({ topic, partition })),
    }));
  }

  committed(groupId: string, topics: readonly string[]): Promise<readonly Position[]> {
    const positions = topics.flatMap((topic) =>
      this.#topics.get(topic).logs.flatMap(({ partition }) => {
        const offset = this.#offsets.said(groupId, { topic, partition });
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
    await this.#deleting;
    await this.#store.close();
    await makePrivate(this.#path);
  }
}
