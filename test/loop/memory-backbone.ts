import { setTimeout as delay } from "node:timers/promises";
import {
  StreamsError,
  type Backbone,
  type Fetch,
  type LogRecord,
  type OutgoingRecord,
  type Position,
  type Reader,
  type TopicPartition,
} from "../../streams/index.ts";

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/** Topics in memory for tests that open hundreds of backbones: everything of the contract that is not a group of members. */
export class MemoryBackbone implements Backbone {
  readonly kind = "embedded";
  readonly fencesOffsets = false;
  readonly #logs = new Map<string, LogRecord[][]>();
  readonly #starts = new Map<string, number>();
  readonly #committed = new Map<string, number>();
  readonly #wakes = new Set<() => void>();
  /** Most records that a poll gives of a partition; drawn anew for each. */
  readonly #most: (at: TopicPartition) => number;

  constructor(most: (at: TopicPartition) => number = () => 4_096) {
    this.#most = most;
  }

  async ensureTopics(specs: readonly { readonly name: string; readonly partitions: number }[]): Promise<void> {
    for (const { name, partitions } of specs) {
      if (!this.#logs.has(name))
        this.#logs.set(
          name,
          Array.from({ length: partitions }, () => []),
        );
    }
  }

  async partitions(topic: string): Promise<number | undefined> {
    return this.#logs.get(topic)?.length;
  }

  async topics(): Promise<readonly string[]> {
    return [...this.#logs.keys()].sort();
  }

  async retention(topics: readonly string[]) {
    return topics.map((topic) => ({ topic, retentionMs: null }));
  }

  async retain(): Promise<void> {}

  async offsets(topics: readonly string[]) {
    return topics.flatMap((topic) =>
      this.#log(topic).map((log, partition) => ({
        topic,
        partition,
        start: this.#starts.get(`${topic}/${partition}`) ?? 0,
        end: log.length,
      })),
    );
  }

  /** As retention does: what lies before the offset is gone. */
  cut(topic: string, partition: number, offset: number): void {
    this.#starts.set(`${topic}/${partition}`, offset);
  }

  ranges(topics: readonly string[]) {
    return this.offsets(topics);
  }

  async describe(topics: readonly string[]) {
    return topics.flatMap((topic) => {
      const partitions = this.#logs.get(topic)?.length;
      return partitions === undefined ? [] : [{ topic, partitions }];
    });
  }

  async grow(topic: string, partitions: number): Promise<void> {
    const logs = this.#log(topic);
    while (logs.length < partitions) logs.push([]);
  }

  #log(topic: string): LogRecord[][] {
    const log = this.#logs.get(topic);
    if (log === undefined) throw new StreamsError("UNKNOWN_TOPIC", `there is no topic ${topic}`);
    return log;
  }

  read({ topic, partition }: TopicPartition): readonly LogRecord[] {
    return this.#log(topic)[partition]!;
  }

  append(records: readonly OutgoingRecord[]): void {
    for (const { topic, partition, timestamp, key, value, headers = {} } of records) {
      const log = this.#log(topic)[partition]!;
      log.push({ offset: log.length, timestamp, key, value, headers });
    }
    for (const wake of this.#wakes) wake();
  }

  async producer() {
    return {
      send: async (records: readonly OutgoingRecord[]) => this.append(records),
      begin: async () => {
        const held: OutgoingRecord[] = [];
        const offsets: (readonly [string, readonly Position[]])[] = [];
        return {
          send: async (records: readonly OutgoingRecord[]) => void held.push(...records),
          sendOffsets: async (group: string, positions: readonly Position[]) => void offsets.push([group, positions]),
          commit: async () => {
            this.append(held);
            for (const [group, positions] of offsets) await this.commit(group, positions);
          },
          abort: async () => undefined,
        };
      },
      close: async () => undefined,
    };
  }

  async commit(group: string, positions: readonly Position[]): Promise<void> {
    for (const at of positions) this.#committed.set(`${group} ${nameOf(at)}`, at.offset);
  }

  async committed(group: string, topics: readonly string[]): Promise<readonly Position[]> {
    return (await this.offsets(topics)).flatMap(({ topic, partition }) => {
      const offset = this.#committed.get(`${group} ${nameOf({ topic, partition })}`);
      return offset === undefined ? [] : [{ topic, partition, offset }];
    });
  }

  async group(): Promise<never> {
    throw new Error("this backbone has no groups of members");
  }

  async reader(positions: readonly Position[]): Promise<Reader> {
    const cursors = new Map(positions.map((at) => [nameOf(at), { ...at, paused: false }]));
    let woken: () => void = () => undefined;
    const wake = (): void => woken();
    this.#wakes.add(wake);
    const take = (): Fetch[] =>
      [...cursors.values()].flatMap((cursor) => {
        const { topic, partition, offset } = cursor;
        const records = cursor.paused
          ? []
          : this.#log(topic)[partition]!.slice(offset, offset + this.#most({ topic, partition }));
        cursor.offset += records.length;
        return records.length === 0 ? [] : [{ topic, partition, records }];
      });
    /** A partition stands still. */
    const behind = (): boolean =>
      [...cursors.values()].some(
        ({ topic, partition, offset, paused }) => !paused && offset < this.#log(topic)[partition]!.length,
      );
    const set = (at: readonly TopicPartition[], paused: boolean): void => {
      for (const each of at) {
        const cursor = cursors.get(nameOf(each));
        if (cursor !== undefined) cursor.paused = paused;
      }
      wake();
    };
    return {
      async poll(maxWaitMs) {
        const ready = take();
        if (ready.length > 0 || maxWaitMs <= 0 || behind()) return ready;
        const late = new AbortController();
        await Promise.race([
          new Promise<void>((resolve) => (woken = resolve)),
          delay(maxWaitMs, undefined, { signal: late.signal }).catch(() => undefined),
        ]);
        late.abort();
        return take();
      },
      pause: (at) => set(at, true),
      resume: (at) => set(at, false),
      seek: (at) => void Object.assign(cursors.get(nameOf(at))!, { offset: at.offset }),
      close: async () => {
        cursors.clear();
        this.#wakes.delete(wake);
        wake();
      },
    };
  }

  async close(): Promise<void> {}
}
