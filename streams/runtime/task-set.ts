import type { Backbone, Fetch, PartitionOffsets, Position, Producer, TopicPartition } from "../backbone/backbone.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Serdes } from "../serde/serdes.ts";
import type { StateEngine } from "../state/engine.ts";
import { createMemoryEngine } from "../state/memory-engine.ts";
import { TaskState } from "../state/task-state.ts";
import type { Arrival } from "../task/arrival.ts";
import type { DeadLetterValue } from "../task/dead-letter.ts";
import type { Input } from "../task/input.ts";
import type { RecordRoom } from "../task/record-room.ts";
import { Task } from "../task/task.ts";
import type { SubTopology, Topology } from "../topology/topology.ts";
import type { AnyTopic, Topic } from "../topic.ts";
import { restoreState, type RestoreProgress } from "./restore.ts";

export interface TaskSetOptions {
  /** The consumer group. */
  readonly id: string;
  readonly topology: Topology;
  readonly backbone: Backbone;
  readonly serdes: Serdes;
  readonly engine: StateEngine;
  readonly deadLetters: Topic<DeadLetterValue>;
  readonly room: RecordRoom;
  readonly metrics: Metrics;
  /** Opens the producer of a task; the one that was there before, anywhere, is fenced by it. Absent: tasks share one. */
  readonly openProducer?: ((taskId: string) => Promise<Producer>) | undefined;
  readonly openTopic: (topic: AnyTopic) => Promise<void>;
  readonly onRestore?: ((progress: RestoreProgress) => void) | undefined;
  /** The time at which what is read now arrives. */
  readonly arrival: () => Arrival;
}

const CHANGELOG_PATIENCE_MS = 5_000;
const CHANGELOG_RETRY_MS = 20;

/** The tasks this instance runs: opened and restored when their partitions come, closed when they go. */
export class TaskSet {
  readonly #options: TaskSetOptions;
  readonly #tasks = new Map<string, Task>();
  readonly #byPartition = new Map<string, Task>();
  readonly #producers = new Map<string, Producer>();
  #lastTicks: readonly Fetch[] = [];

  constructor(options: TaskSetOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#tasks.size;
  }

  [Symbol.iterator](): Iterator<Task> {
    return this.#tasks.values();
  }

  /**
   * Opens the tasks of these partitions.
   * @param committed where the group stands on them.
   * @returns where each of their inputs starts.
   */
  async open(
    partitions: readonly TopicPartition[],
    globals: Readonly<Record<string, unknown>>,
    committed?: () => Promise<readonly Position[]>,
  ): Promise<readonly Position[]> {
    const positions: Position[] = [];
    for (const [subTopology, partition] of this.#shares(partitions)) {
      const task = await this.#openTask(subTopology, partition, globals, committed);
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

  async #openTask(
    subTopology: SubTopology,
    partition: number,
    globals: Readonly<Record<string, unknown>>,
    settled?: () => Promise<readonly Position[]>,
  ): Promise<Task> {
    const { id, topology, backbone, serdes, deadLetters, room, metrics, openTopic, openProducer } = this.#options;
    // Before anything is read: opening it ends what a former owner left open, so that the offsets and the changelog are final.
    const name = `${subTopology.name}/${partition}`;
    if (openProducer !== undefined) this.#producers.set(name, await openProducer(`${id}-${name}`));
    const sources = subTopology.sources.map(({ name }) => name);
    const committed = Object.fromEntries(
      (await (settled?.() ?? backbone.committed(id, sources)))
        .filter((at) => at.partition === partition && sources.includes(at.topic))
        .map((at) => [`${at.topic}/${at.partition}`, at.offset]),
    );
    const state = await this.#openStateAt(committed, subTopology, partition);
    const positions = { ...committed, ...state.checkpoint?.positions };
    return new Task(topology, subTopology, partition, state, positions, {
      serdes,
      deadLetters,
      room,
      globals,
      open: openTopic,
      onHandled: (operator, records) => metrics.handled.inc({ operator }, records),
      onDeadLetter: (code) => metrics.deadLetters.inc({ code }),
      arrival: this.#options.arrival,
    });
  }

  /**
   * Offsets and changelog are of the same transactions, but a broker may show the former first: then the changelog is read on. Where it
   * stays behind, offsets were moved by hand, and the state's own count.
   */
  async #openStateAt(
    committed: Readonly<Record<string, number>>,
    subTopology: SubTopology,
    partition: number,
  ): Promise<TaskState> {
    const deadline = performance.now() + CHANGELOG_PATIENCE_MS;
    for (;;) {
      const state = await this.#openState(subTopology, partition);
      const stored = state.checkpoint?.positions;
      const behind =
        stored !== undefined && Object.entries(committed).some(([at, offset]) => (stored[at] ?? 0) < offset);
      if (!behind || performance.now() > deadline) return state;
      await state.close();
      await new Promise((resolve) => setTimeout(resolve, CHANGELOG_RETRY_MS));
    }
  }

  async #openState(subTopology: SubTopology, partition: number): Promise<TaskState> {
    const { backbone, engine, metrics, onRestore } = this.#options;
    const name = `${subTopology.name}-${partition}`;
    if (!subTopology.stateful) return new TaskState(await createMemoryEngine().open(name));
    let counted = 0;
    return restoreState(backbone, engine, name, { topic: subTopology.changelog, partition }, (done, total) => {
      metrics.restored.inc({ task: name }, done - counted);
      counted = done;
      onRestore?.({ task: name, done, total });
    });
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
      const first = subTopology.sources[0]!.name;
      for (const { topic, partition } of partitions) if (topic === first) yield [subTopology, partition];
    }
  }

  /** Closes tasks; what they did not commit is forgotten. */
  async close(tasks: readonly Task[] = [...this.#tasks.values()]): Promise<void> {
    for (const task of tasks) {
      this.#tasks.delete(task.id);
      for (const [at, owner] of this.#byPartition) if (owner === task) this.#byPartition.delete(at);
      await task.state.close().catch(() => undefined);
      await this.#producers
        .get(task.id)
        ?.close()
        .catch(() => undefined);
      this.#producers.delete(task.id);
    }
    this.#options.metrics.tasks.set(this.#tasks.size);
  }

  async add(fetches: readonly Fetch[], fetchedAt: number): Promise<void> {
    for (const fetch of fetches)
      await this.#byPartition.get(`${fetch.topic}/${fetch.partition}`)?.add(fetch, fetchedAt);
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
  }

  /** Some task holds records that are not handled. */
  get queued(): boolean {
    for (const task of this.#tasks.values()) if (task.queued > 0) return true;
    return false;
  }

  /** Every input has been fetched to its end. */
  isAt(offsets: readonly PartitionOffsets[]): boolean {
    const atEnd = inputsAtEnd(offsets);
    for (const task of this.#tasks.values()) if (!task.inputs.every(atEnd)) return false;
    return true;
  }

  /** No task will ask for anything before this event time; `undefined` while one has seen nothing. */
  lowWatermark(): number | undefined {
    let low = Number.POSITIVE_INFINITY;
    for (const { streamTime } of this.#tasks.values()) low = Math.min(low, streamTime);
    return Number.isFinite(low) ? low : undefined;
  }
}

/** Whether an input has been fetched to one of these ends; an empty partition is at its end wherever the position is. */
export function inputsAtEnd(offsets: readonly PartitionOffsets[]): (input: Input) => boolean {
  const ends = new Map(offsets.map((at) => [`${at.topic}/${at.partition}`, at]));
  return ({ topic, partition, fetched }) => {
    const at = ends.get(`${topic.name}/${partition}`);
    return at === undefined || at.end <= at.start || fetched >= at.end;
  };
}
