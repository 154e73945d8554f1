import type { Fetch, PartitionOffsets, Position, Producer, TopicPartition } from "../backbone/backbone.ts";
import { TopicView } from "../backbone/topic-view.ts";
import type { Stall } from "../task/input.ts";
import type { Task } from "../task/task.ts";
import type { SubTopology } from "../topology/topology.ts";
import { inputsAtEnd } from "./input-ends.ts";
import { TaskOpener, type TaskOpenerOptions } from "./task-opener.ts";

/** The tasks that this instance runs: opened and restored when their partitions come, closed when they go. */
export class TaskSet {
  readonly #options: TaskOpenerOptions;
  readonly #tasks = new Map<string, Task>();
  readonly #byPartition = new Map<string, Task>();
  readonly #producers = new Map<string, Producer>();
  readonly #opener: TaskOpener;
  #lastTicks: readonly Fetch[] = [];
  /** By sub-topology, the number of partitions over which the keys of its state are spread. */
  #spread: ReadonlyMap<string, number> = new Map();
  #moved: Task[] = [];

  constructor(options: TaskOpenerOptions) {
    this.#options = options;
    this.#opener = new TaskOpener(options);
  }

  /** Sets, for tasks opened later, the number of partitions over which the state of each sub-topology is spread. */
  spreadOver(partitions: ReadonlyMap<string, number>): void {
    this.#spread = partitions;
  }

  /**
   * Tasks opened since the last call whose inputs start elsewhere than at their last positions: commit them, so that
   * this is reported once.
   */
  takeMoved(): readonly Task[] {
    return this.#moved.splice(0);
  }

  get size(): number {
    return this.#tasks.size;
  }

  [Symbol.iterator](): Iterator<Task> {
    return this.#tasks.values();
  }

  /**
   * Opens the tasks of these partitions.
   * @param committed the group's positions on them.
   * @returns the first position of each of their inputs.
   */
  async open(
    partitions: readonly TopicPartition[],
    globals: Readonly<Record<string, unknown>>,
    committed?: () => Promise<readonly Position[]>,
  ): Promise<readonly Position[]> {
    const positions: Position[] = [];
    const shares = [...this.#shares(partitions)];
    const names = shares.flatMap(([{ sources, changelog, stateful }]) => [
      ...sources.map(({ name }) => name),
      ...(stateful ? [changelog] : []),
    ]);
    const view = await TopicView.of(this.#options.backbone, [...new Set(names)]);
    for (const [subTopology, partition] of shares) {
      const spread = this.#spread.get(subTopology.name) ?? partition + 1;
      const { task, producer, moved } = await this.#opener.open(
        subTopology,
        partition,
        spread,
        view,
        globals,
        committed,
      );
      if (producer !== undefined) this.#producers.set(task.id, producer);
      if (moved) this.#moved.push(task);
      this.#tasks.set(task.id, task);
      for (const tick of this.#lastTicks) await task.add(tick, performance.now(), false);
      for (const { topic, fetched } of task.inputs) {
        if (topic === this.#options.topology.clock) continue;
        this.#byPartition.set(`${topic.name}/${partition}`, task);
        positions.push({ topic: topic.name, partition, offset: fetched });
      }
    }
    this.#options.metrics.tasks.set(this.#tasks.size);
    return positions;
  }

  /**
   * Closes the tasks whose changelog was made anew, and writes their state to it: another process may have them next.
   * Call it with nothing uncommitted.
   */
  async settleChangelogs(): Promise<void> {
    const { backbone } = this.#options;
    const stateful = [...this.#tasks.values()].filter(({ subTopology }) => subTopology.stateful);
    if (stateful.length === 0 || backbone.history !== undefined) return;
    const view = await TopicView.of(backbone, [...new Set(stateful.map(({ subTopology }) => subTopology.changelog))]);
    for (const task of stateful) {
      const { changelog } = task.subTopology;
      if (view.ids[changelog] === task.grounds.topicIds?.[changelog]) continue;
      await this.close([task]);
      await (await this.#opener.openState(task.subTopology, task.partition, view)).close();
    }
  }

  /** The producer of a task alone; `undefined` when tasks share one. */
  producerOf(task: Task): Producer | undefined {
    return this.#producers.get(task.id);
  }

  /** The tasks of these partitions. */
  of(partitions: readonly TopicPartition[]): readonly Task[] {
    return [...this.#shares(partitions)].flatMap(([subTopology, partition]) => {
      const task = this.#tasks.get(`${subTopology.name}/${partition}`);
      return task === undefined ? [] : [task];
    });
  }

  *#shares(partitions: readonly TopicPartition[]): Iterable<[SubTopology, number]> {
    for (const subTopology of this.#options.topology.subTopologies) {
      const mine = partitions.filter(({ topic }) => subTopology.sources.some(({ name }) => name === topic));
      for (const partition of new Set(mine.map((at) => at.partition))) yield [subTopology, partition];
    }
  }

  /** Closes tasks; uncommitted work is forgotten. */
  async close(tasks: readonly Task[] = [...this.#tasks.values()]): Promise<void> {
    for (const task of tasks) {
      this.#tasks.delete(task.id);
      for (const [at, owner] of this.#byPartition) if (owner === task) this.#byPartition.delete(at);
      await task.close().catch(() => undefined);
      await this.#producers
        .get(task.id)
        ?.close()
        .catch(() => undefined);
      this.#producers.delete(task.id);
    }
    this.#options.metrics.tasks.set(this.#tasks.size);
  }

  /** @returns the partitions that are held at a record which can't be decoded yet. */
  async add(fetches: readonly Fetch[], fetchedAt: number): Promise<readonly Stall[]> {
    let stalls: Stall[] | undefined;
    for (const fetch of fetches) {
      const task = this.#byPartition.get(`${fetch.topic}/${fetch.partition}`);
      if (task === undefined) continue;
      await task.add(fetch, fetchedAt);
      const stall = task.input(fetch)?.stall;
      if (stall !== undefined) (stalls ??= []).push(stall);
    }
    return stalls ?? [];
  }

  /** Stops waiting for the record. */
  giveUp({ topic, partition, offset }: Position): void {
    this.#byPartition.get(`${topic}/${partition}`)?.input({ topic, partition })?.giveUp(offset);
  }

  /** Positions of the last commit of tasks with uncommitted work, as `topic/partition@offset`. */
  uncommitted(): readonly string[] {
    return [...this.#tasks.values()].flatMap((task) => {
      const committed = task.state.checkpoint?.positions ?? {};
      return Object.entries(task.positions()).flatMap(([at, offset]) => {
        const before = committed[at] ?? 0;
        return before < offset ? [`${at}@${before}`] : [];
      });
    });
  }

  /** Some task holds records that can be handled now. */
  get ready(): boolean {
    for (const task of this.#tasks.values()) if (task.queued > 0 && !task.resting) return true;
    return false;
  }

  /** Records of the clock: every task has them. */
  async tick(ticks: readonly Fetch[], fetchedAt: number): Promise<void> {
    if (ticks.length === 0) return;
    this.#lastTicks = ticks.slice(-1);
    let first = true;
    for (const task of this.#tasks.values()) {
      for (const tick of ticks) await task.add(tick, fetchedAt, first);
      first = false;
    }
    const most = Math.max(0, ...[...this.#tasks.values()].map(({ timelines }) => timelines));
    this.#options.metrics.timelines.set(most);
  }

  /** Some task holds records that are not handled. */
  get queued(): boolean {
    for (const task of this.#tasks.values()) if (task.queued > 0) return true;
    return false;
  }

  /** Some task has timers that wait for records on their way from wrong partitions. */
  get areHeld(): boolean {
    for (const { gate } of this.#tasks.values()) if (gate.waiting) return true;
    return false;
  }

  /** Every input has been fetched to its end. */
  isAt(offsets: readonly PartitionOffsets[]): boolean {
    const atEnd = inputsAtEnd(offsets);
    for (const task of this.#tasks.values()) if (!task.inputs.every(atEnd)) return false;
    return true;
  }

  /** No task will need anything before this event time; `undefined` while some task has seen nothing. */
  lowWatermark(): number | undefined {
    let low = Number.POSITIVE_INFINITY;
    for (const { lowTime } of this.#tasks.values()) {
      if (lowTime === undefined) return undefined;
      if (lowTime < low) low = lowTime;
    }
    return Number.isFinite(low) ? low : undefined;
  }
}
