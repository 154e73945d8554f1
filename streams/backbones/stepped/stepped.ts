import { randomUUID } from "node:crypto";
import type { Backbone, LogRecord, Position, Producer, Reader, TopicPartition } from "../../backbone/backbone.ts";
import type { LogHistory } from "../../backbone/log-history.ts";
import { partitionOf, partitionOfText } from "../../backbone/partitioner.ts";
import { StreamsError } from "../../errors.ts";
import type { Refused } from "../../refused.ts";
import { withPlace } from "../../place.ts";
import { inOrder, Lane, type LaneMark, type SteppedSource } from "./lane.ts";
import type { Pacing } from "./pacing.ts";
import { Shelf } from "./shelf.ts";
import { ShelfGroup } from "./shelf-group.ts";
import { ShelfReader } from "./shelf-reader.ts";

export interface SteppedOptions {
  readonly backbone: Backbone;
  readonly sources: readonly SteppedSource[];
  /** A record comes at most this much behind a newer one of its partition, ms of event time: that far is read ahead. */
  readonly latenessMs: number;
  /** Marks at which a former run ended; absent: the start of the topics. */
  readonly marks?: readonly LaneMark[] | undefined;
  /** Records refused for their time when they came: they are not shown. */
  readonly refused?: Refused | undefined;
  /** Absent: as fast as it goes. */
  readonly pacing?: Pacing | undefined;
}

interface Shown {
  readonly at: TopicPartition;
  readonly record: LogRecord;
}

/**
 * Topics shown step by step of event time. Readers and groups of `backbone` see the shown records of the named topics,
 * in the order of event time and at positions of their own. Both are the same whatever the order of arrival, and again
 * after a restart from the same marks. All other topics are as they are. One process reads the records that one
 * `Stepped` shows.
 */
export class Stepped {
  readonly backbone: Backbone;
  readonly #options: SteppedOptions;
  readonly #lanes: readonly Lane[];
  readonly #reader: Reader;
  readonly #shelf = new Shelf();
  /** By `topic/partition`: how many records were shown. */
  readonly #shown = new Map<string, number>();
  /** Partitions of each topic. */
  readonly #counts = new Map<string, number>();
  #producer: Producer | undefined;

  static async open(options: SteppedOptions): Promise<Stepped> {
    const { backbone, sources } = options;
    const marks = options.marks ?? (await firstMarks(backbone, sources));
    const lanes = marks.map(
      (mark) =>
        new Lane(
          sources.find(({ topic }) => topic === mark.topic)!,
          mark,
          options.refused,
        ),
    );
    const positions = lanes.map(({ topic, partition, next }) => ({ topic, partition, offset: next }));
    const reader = await backbone.reader(positions);
    reader.pause(lanes);
    return new Stepped(options, lanes, reader);
  }

  private constructor(options: SteppedOptions, lanes: readonly Lane[], reader: Reader) {
    this.#options = options;
    this.#lanes = lanes;
    this.#reader = reader;
    for (const lane of lanes) {
      this.#shelf.open(lane, lane.shown);
      this.#shown.set(`${lane.topic}/${lane.partition}`, lane.shown);
      this.#counts.set(lane.topic, (this.#counts.get(lane.topic) ?? 0) + 1);
    }
    this.backbone = this.#view(options.backbone);
  }

  /** How many records came later than allowed, after their step. */
  get late(): number {
    return this.#lanes.reduce((sum, { late }) => sum + late, 0);
  }

  /** Shows the records of these topics before event time `until`, ms. @returns how many records. */
  async show(topics: readonly string[], until: number): Promise<number> {
    const lanes = this.#lanes.filter(({ topic }) => topics.includes(topic));
    await this.#fill(lanes, until);
    const records: Shown[] = [];
    for (const lane of lanes) {
      for (const record of lane.take(until)) {
        const named = lane.source.keyOf?.(record);
        const key = named instanceof Promise ? await named : named;
        // The order of records of one time must not depend on the keys that producers chose.
        const shown = key === undefined ? record : { ...record, key: Buffer.from(key) };
        records.push({ at: this.#homeOf(lane, shown, key), record: placed(lane, shown) });
      }
    }
    for (const [name, shown] of Map.groupBy(records, ({ at }) => `${at.topic}/${at.partition}`)) {
      let next = this.#shown.get(name)!;
      const inTime = shown.map(({ record }) => record).sort(inOrder);
      this.#shelf.put(
        shown[0]!.at,
        inTime.map((record) => ({ ...record, offset: next++ })),
      );
      this.#shown.set(name, next);
    }
    this.#shelf.wake();
    return records.length;
  }

  /**
   * The place of the task that has its key: a record may lie elsewhere if the topic was given partitions, or if its
   * producer partitions otherwise.
   */
  #homeOf({ topic, partition }: Lane, { key }: LogRecord, named: string | undefined): TopicPartition {
    const count = this.#counts.get(topic)!;
    if (named !== undefined) return { topic, partition: partitionOfText(named, count) };
    return { topic, partition: key === null ? partition : partitionOf(key, count) };
  }

  async #fill(lanes: readonly Lane[], until: number): Promise<void> {
    const { backbone, latenessMs } = this.#options;
    await this.#fence(lanes.filter(({ end }) => end === null));
    for (;;) {
      const hungry = lanes.filter((lane) => lane.wants(until, latenessMs));
      if (hungry.length === 0) return;
      this.#reader.pause(this.#lanes.filter((lane) => !hungry.includes(lane)));
      this.#reader.resume(hungry);
      const fetches = await this.#reader.poll(1_000);
      const started = performance.now();
      for (const fetch of fetches) this.#laneOf(fetch).add(fetch.records);
      await this.#options.pacing?.rest(performance.now() - started);
      if (fetches.length > 0) continue;
      const starts = await backbone.offsets([...new Set(hungry.map(({ topic }) => topic))]);
      for (const at of starts) this.#laneOf(at).skipTo(at.start);
    }
  }

  /**
   * On Kafka a commit returns before readers see its records. One more record behind them in each partition is seen when all before it are: readers
   * of the topic meet a tombstone a step.
   */
  async #fence(growing: readonly Lane[]): Promise<void> {
    if (growing.length === 0) return;
    const key = randomUUID();
    for (const lane of growing) lane.readTo(key);
    this.#producer ??= await this.#options.backbone.producer();
    await this.#producer.send(
      growing.map(({ topic, partition }) => ({
        topic,
        partition,
        timestamp: 0,
        key: Buffer.from(key),
        value: null,
      })),
    );
  }

  #laneOf(at: TopicPartition): Lane {
    return this.#lanes.find(({ topic, partition }) => topic === at.topic && partition === at.partition)!;
  }

  /**
   * Call it when everything shown has been handled and committed: it forgets all that. @returns the marks to go on
   * from.
   */
  settle(): readonly LaneMark[] {
    this.#shelf.clear();
    return this.#lanes.map((lane) => lane.mark(this.#shown.get(`${lane.topic}/${lane.partition}`)!));
  }

  /** Makes waiting readers look at once at new records of topics that are not shown in steps. */
  wake(): void {
    this.#shelf.wake();
  }

  async close(): Promise<void> {
    await this.#producer?.close();
    await this.#reader.close();
  }

  /** Positions of shown records are their own, and begin again at the marks. */
  #historyOf({ epoch, past, topics }: LogHistory): LogHistory {
    const shown = Object.fromEntries(
      this.#lanes.map(({ topic, partition }) => [`${topic}/${partition}`, Number.POSITIVE_INFINITY]),
    );
    return {
      epoch,
      past: past.map((each) => ({ epoch: each.epoch, ends: { ...each.ends, ...shown } })),
      ...(topics && { topics }),
    };
  }

  #view(backbone: Backbone): Backbone {
    const shelf = this.#shelf;
    const { pacing } = this.#options;
    const counts = this.#counts;
    const stepped = new Set(this.#options.sources.map(({ topic }) => topic));
    return {
      ...passedOn(backbone),
      ...(backbone.history === undefined ? {} : { history: async () => this.#historyOf(await backbone.history!()) }),
      offsets: async (topics) => {
        const others = topics.filter((topic) => !stepped.has(topic));
        const shown = this.#lanes.filter(({ topic }) => topics.includes(topic)).map((lane) => shelf.offsets(lane));
        return others.length === 0 ? shown : [...shown, ...(await backbone.offsets(others))];
      },
      partitions: (topic) => (stepped.has(topic) ? Promise.resolve(counts.get(topic)) : backbone.partitions(topic)),
      describe: async (topics) => {
        // Positions on shown topics belong to the showing, whatever becomes of the topic.
        const shown = topics.filter((topic) => stepped.has(topic));
        const others = await backbone.describe(topics.filter((topic) => !stepped.has(topic)));
        return [...shown.map((topic) => ({ topic, partitions: counts.get(topic)! })), ...others];
      },
      ranges: async (topics) => {
        const others = topics.filter((topic) => !stepped.has(topic));
        // After a crash a task may be ahead of the marks: records it has handled are shown again, and skipped.
        const shown = this.#lanes
          .filter(({ topic }) => topics.includes(topic))
          .map(({ topic, partition }) => ({ topic, partition, start: 0, end: Number.POSITIVE_INFINITY }));
        return others.length === 0 ? shown : [...shown, ...(await backbone.ranges(others))];
      },
      async reader(positions, readerOptions) {
        const others = positions.filter(({ topic }) => !stepped.has(topic));
        if (others.length === positions.length) return backbone.reader(positions, readerOptions);
        const own: readonly Position[] = positions.filter(({ topic }) => stepped.has(topic));
        return new ShelfReader(
          shelf,
          own,
          others.length === 0 ? undefined : await backbone.reader(others, readerOptions),
        );
      },
      async group(options) {
        const other = options.copartitioned.flat().find((topic) => !stepped.has(topic));
        if (other === undefined) {
          const partitionsOf = (topic: string): number => counts.get(topic)!;
          return new ShelfGroup(backbone, shelf, options, partitionsOf, pacing);
        }
        throw new StreamsError("TOPOLOGY_INVALID", `${other} is read by a task, and not shown in steps: name it too`);
      },
    };
  }
}

function placed({ source, partition }: Lane, record: LogRecord): LogRecord {
  return source.placed === true ? { ...record, headers: withPlace(record.headers, partition, record.offset) } : record;
}

function passedOn(
  backbone: Backbone,
): Omit<Backbone, "offsets" | "partitions" | "describe" | "ranges" | "reader" | "group"> {
  return {
    kind: backbone.kind,
    // Shown topics have no group of the broker's: on Kafka the tasks' producers fence.
    fencesOffsets: backbone.kind === "embedded" && backbone.fencesOffsets,
    ensureTopics: (specs) => backbone.ensureTopics(specs),
    grow: (topic, partitions) => backbone.grow(topic, partitions),
    topics: () => backbone.topics(),
    retention: (topics) => backbone.retention(topics),
    retain: (topics) => backbone.retain(topics),
    producer: (options) => backbone.producer(options),
    committed: (groupId, topics) => backbone.committed(groupId, topics),
    commit: (groupId, positions) => backbone.commit(groupId, positions),
    close: () => backbone.close(),
  };
}

async function firstMarks(backbone: Backbone, sources: readonly SteppedSource[]): Promise<readonly LaneMark[]> {
  const offsets = await backbone.offsets(sources.map(({ topic }) => topic));
  return offsets.map(({ topic, partition, start, end }) => {
    const growing = sources.find((source) => source.topic === topic)!.growing === true;
    return { topic, partition, oldest: start, next: start, shown: 0, until: null, end: growing ? null : end };
  });
}
