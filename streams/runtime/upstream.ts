import type { Backbone, Position } from "../backbone/backbone.ts";
import type { Log } from "../log.ts";
import type { Input } from "../task/input.ts";
import type { OtherWriter } from "./application-options.ts";
import { Detours } from "./topics/detours.ts";
import { outputs, type Topology } from "../topology/topology.ts";

export interface UpstreamOptions {
  /** The consumer group. */
  readonly id: string;
  readonly topology: Topology;
  readonly backbone: Pick<Backbone, "kind" | "committed" | "offsets" | "reader">;
  readonly log: Log;
  /** Everything that is read is history. */
  readonly history?: boolean | undefined;
  readonly otherWriters?: readonly OtherWriter[] | undefined;
}

/** A topic that a group reads and makes others from. */
interface Feeder {
  readonly group: "own" | OtherWriter;
  readonly topic: string;
}

/** Interval between two looks at the writers' progress, ms: if they are up to date, and if they have a backlog. */
const intervalsMs = Object.freeze({
  embedded: { upToDate: 20, behind: 200 },
  kafka: { upToDate: 200, behind: 1_000 },
});
/** A longer backlog is logged, ms. */
const SAID_AFTER_MS = 5_000;
const LOOK_MS = 1_000;

/**
 * Tells up to which event time an empty input has nothing more to come. After an outage, or a bulk of history, the log
 * has more of it than was fetched, or other tasks of the application have a backlog and will write more. A task that
 * joins topics must not take either for the end: later records would come too late. It uses the log and the group's
 * committed offsets, so the tasks may run anywhere. An input that is read alone is not checked.
 */
export class Upstream {
  readonly #options: UpstreamOptions;
  readonly detours: Detours | undefined;
  /**
   * By topic: what is read by the tasks that write it. A topic from elsewhere that is joined with others has what those
   * others' writers read, since the log's end was asked for when these had come so far.
   */
  readonly #fed = new Map<string, readonly Feeder[]>();
  /** By topic: the event time, in ms, of its first uncommitted record; infinite if there is none. */
  readonly #bounds = new Map<string, number>();
  /** Ends of those topics as they were after that, by `topic/partition`. */
  #ends = new Map<string, number>();
  #asking: Promise<void> | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  #behindSince: number | undefined;
  #said = false;

  constructor(options: UpstreamOptions) {
    this.#options = options;
    // A replay shows each record to the task of its key.
    this.detours = options.history === true ? undefined : new Detours(options);
    const { subTopologies, memoryEdges } = options.topology;
    for (const { operators, sources } of subTopologies) {
      for (const topic of operators.flatMap(outputs)) {
        const readers = subTopologies.filter((other) => other.sources.some(({ name }) => name === topic.name));
        if (memoryEdges.has(topic.name) || readers.length === 0) continue;
        this.#feed(
          topic.name,
          sources.map(({ name }) => ({ group: "own", topic: name })),
        );
      }
    }
    for (const group of options.otherWriters ?? [])
      this.#feed(
        group.topic,
        group.reads.map((topic) => ({ group, topic })),
      );
    const written = new Map(this.#fed);
    for (const { sources } of subTopologies) {
      if (sources.length < 2) continue;
      const read = sources.flatMap(({ name }) => written.get(name) ?? []);
      for (const { name } of sources) if (!written.has(name)) this.#feed(name, read);
    }
  }

  #feed(topic: string, feeders: readonly Feeder[]): void {
    const known = this.#fed.get(topic) ?? [];
    const more = feeders.filter((each) => !known.some((other) => isSame(each, other)));
    this.#fed.set(topic, [...known, ...more]);
  }

  /** Nothing is known any more: partitions may have moved. */
  reset(): void {
    this.#bounds.clear();
    this.#askedAt = Number.NEGATIVE_INFINITY;
    this.detours?.reset();
  }

  /** Up to which event time, in ms, an input that is empty has nothing more to give. */
  endOf(input: Input): number {
    if (this.#fed.has(input.topic.name)) this.#look();
    return this.#endOf(input);
  }

  #endOf({ topic: { name }, partition, fetched }: Input): number {
    if (!this.#fed.has(name)) return Number.POSITIVE_INFINITY;
    const bound = this.#bounds.get(name);
    if (bound === undefined || (this.#ends.get(`${name}/${partition}`) ?? 0) > fetched) return Number.NEGATIVE_INFINITY;
    return bound - 1;
  }

  /**
   * As `endOf`, by an answer that is asked for now. So it holds for every record fetched before, however far event time
   * has gone since the last answer.
   */
  async endsNow(): Promise<(input: Input) => number> {
    await this.#asking;
    this.#askedAt = performance.now();
    this.#asking = this.#ask()
      // Nothing goes on by an older answer.
      .catch(() => this.#bounds.clear())
      .finally(() => (this.#asking = undefined));
    await this.#asking;
    return (input) => this.#endOf(input);
  }

  /** Asks again, beside the tasks, if the last answer is old. */
  #look(): void {
    const { upToDate, behind } = intervalsMs[this.#options.backbone.kind];
    const intervalMs = this.#behindSince === undefined ? upToDate : behind;
    if (this.#asking !== undefined || performance.now() - this.#askedAt < intervalMs) return;
    this.#askedAt = performance.now();
    this.#asking = this.#ask()
      // The tasks' readers report brokers that are away; until then the last answer holds.
      .catch(() => undefined)
      .finally(() => (this.#asking = undefined));
  }

  async #ask(): Promise<void> {
    const { backbone } = this.#options;
    const feeders = [...this.#fed.values()].flat();
    const times: (readonly [Feeder["group"], ReadonlyMap<string, number>])[] = [];
    for (const [group, of] of Map.groupBy(feeders, ({ group }) => group))
      times.push([group, await this.#uncommitted(group, [...new Set(of.map(({ topic }) => topic))])]);
    const timesOf = new Map(times);
    // After that: the records committed before lie before these ends.
    const ends = await backbone.offsets([...this.#fed.keys()]);
    this.#ends = new Map(
      ends.map(({ topic, partition, start, end }) => [`${topic}/${partition}`, end <= start ? 0 : end]),
    );
    let least = Number.POSITIVE_INFINITY;
    for (const [topic, fed] of this.#fed) {
      const bound = Math.min(
        ...fed.map((each) => timesOf.get(each.group)!.get(each.topic) ?? Number.POSITIVE_INFINITY),
      );
      this.#bounds.set(topic, bound);
      least = Math.min(least, bound);
    }
    this.#say(least);
  }

  /** By topic, the event time of the first record that a group has not committed; without one there is none. */
  async #uncommitted(group: Feeder["group"], topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const { id, backbone } = this.#options;
    const committed = new Map<string, number>();
    const at = group === "own" ? await backbone.committed(id, topics) : await group.committed(topics);
    for (const { topic, partition, offset } of at) committed.set(`${topic}/${partition}`, offset);
    const backlog: Position[] = [];
    for (const { topic, partition, start, end } of await backbone.offsets(topics)) {
      const offset = Math.max(start, committed.get(`${topic}/${partition}`) ?? start);
      if (offset < end) backlog.push({ topic, partition, offset });
    }
    return backlog.length === 0 ? new Map<string, number>() : this.#timesAt(backlog);
  }

  /**
   * The earliest event time at these positions, by topic. A position whose record does not come at once counts as
   * before everything.
   */
  async #timesAt(positions: readonly Position[]): Promise<ReadonlyMap<string, number>> {
    const times = new Map<string, number>();
    const waiting = new Set(positions.map(({ topic, partition }) => `${topic}/${partition}`));
    const reader = await this.#options.backbone.reader(positions);
    try {
      while (waiting.size > 0) {
        const fetches = await reader.poll(LOOK_MS, 1);
        if (fetches.length === 0) break;
        for (const { topic, partition, records } of fetches) {
          waiting.delete(`${topic}/${partition}`);
          times.set(topic, Math.min(times.get(topic) ?? Number.POSITIVE_INFINITY, records[0]!.timestamp));
          reader.pause([{ topic, partition }]);
        }
      }
    } finally {
      await reader.close();
    }
    for (const at of waiting) times.set(at.slice(0, at.lastIndexOf("/")), Number.NEGATIVE_INFINITY);
    return times;
  }

  #say(bound: number): void {
    const now = performance.now();
    const behind = bound !== Number.POSITIVE_INFINITY;
    if (behind) this.#behindSince ??= now;
    const { log } = this.#options;
    const topics = [...this.#fed.keys()];
    if (behind && !this.#said && now - this.#behindSince! > SAID_AFTER_MS) {
      this.#said = true;
      const until = bound === Number.NEGATIVE_INFINITY ? undefined : new Date(bound).toISOString();
      log.info({ topics, until }, "a backlog is being worked off: these topics are joined as far as it has come");
    }
    if (behind) return;
    if (this.#said)
      log.info({ topics, seconds: Math.round((now - this.#behindSince!) / 1_000) }, "the backlog is worked off");
    this.#behindSince = undefined;
    this.#said = false;
  }

  /** A question under way is answered, or given up. */
  async close(): Promise<void> {
    await Promise.all([this.#asking, this.detours?.close()]);
  }
}

const isSame = (a: Feeder, b: Feeder): boolean => a.group === b.group && a.topic === b.topic;
