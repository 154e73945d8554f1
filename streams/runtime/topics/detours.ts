import type { Backbone } from "../../backbone/backbone.ts";
import type { Topology } from "../../topology/topology.ts";
import type { Task } from "../../task/task.ts";

export interface DetourOptions {
  /** The consumer group. */
  readonly id: string;
  readonly topology: Topology;
  readonly backbone: Pick<Backbone, "kind" | "committed" | "offsets">;
}

/** Interval between two looks at the positions, ms. */
const intervalsMs = Object.freeze({ embedded: 10, kafka: 200 });
/** So long after the last misplaced record nothing is waited for any more, ms. */
const QUIET_MS = 30_000;
/** Commits of a record that takes a detour: it is passed on, handled, and the record made of it is handled. */
const HOPS = 3;

export type Marked = { readonly gate: Pick<Task["gate"], "mark" | "release"> };

/**
 * Holds timers back while records are on their way from a wrong partition to the task of their key. A timer then fires
 * once everything has been handled that lay on the topics, in any partition, when the task had come to the timer's time.
 * It uses the topics' ends and the group's committed offsets, so the tasks may run anywhere. Without misplaced records it
 * does nothing.
 */
export class Detours {
  readonly #options: DetourOptions;
  readonly #topics: readonly string[];
  #seenAt = Number.NEGATIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;
  /** Ends that the group is to reach, by `topic/partition`; `undefined`: to be asked for. */
  #ends: ReadonlyMap<string, number> | undefined;
  #hops = HOPS;
  #marked: readonly Marked[] = [];

  constructor(options: DetourOptions) {
    this.#options = options;
    const sources = options.topology.subTopologies.flatMap((each) => each.sources);
    this.#topics = sources.some(({ keyOf }) => keyOf !== undefined)
      ? [...new Set(sources.map(({ name }) => name))]
      : [];
  }

  /** A record lay in a wrong partition, or has come from one. */
  seen(): void {
    this.#seenAt = performance.now();
  }

  /** Timers wait. */
  get any(): boolean {
    return this.#isRecent || this.#marked.length > 0;
  }

  get #isRecent(): boolean {
    return performance.now() - this.#seenAt < QUIET_MS;
  }

  /** Call it with all tasks before they work. @returns whether timers were released. */
  look(tasks: Iterable<Marked>): boolean {
    if (this.#topics.length === 0 || !this.any || this.#asking !== undefined) return false;
    let released = false;
    if (this.#hops === 0 && this.#marked.length > 0) {
      released = true;
      for (const { gate } of this.#marked) gate.release();
      this.#marked = [];
    }
    const now = performance.now();
    if (now - this.#askedAt < intervalsMs[this.#options.backbone.kind]) return released;
    if (this.#marked.length === 0 && !this.#isRecent) return released;
    if (this.#marked.length === 0) {
      this.#marked = [...tasks];
      for (const { gate } of this.#marked) gate.mark();
      [this.#hops, this.#ends] = [HOPS, undefined];
    }
    this.#askedAt = now;
    this.#asking = this.#ask()
      // The tasks' readers report brokers that are away; it is asked again.
      .catch(() => undefined)
      .finally(() => (this.#asking = undefined));
    return released;
  }

  async #ask(): Promise<void> {
    const { id, backbone } = this.#options;
    this.#ends ??= await this.#endsNow();
    const committed = new Map<string, number>();
    for (const { topic, partition, offset } of await backbone.committed(id, this.#topics))
      committed.set(`${topic}/${partition}`, offset);
    for (const [at, end] of this.#ends) if ((committed.get(at) ?? 0) < end) return;
    this.#hops--;
    this.#ends = undefined;
  }

  async #endsNow(): Promise<ReadonlyMap<string, number>> {
    const ends = await this.#options.backbone.offsets(this.#topics);
    return new Map(
      ends.filter(({ start, end }) => start < end).map(({ topic, partition, end }) => [`${topic}/${partition}`, end]),
    );
  }

  /** Nothing is known any more: tasks have come or gone. */
  reset(): void {
    this.#marked = [];
  }

  /** A question under way is answered, or given up. */
  async close(): Promise<void> {
    await this.#asking;
    this.reset();
  }
}
