import type { Backbone, Fetch, PartitionOffsets, Position, Producer, TopicPartition } from "../backbone/backbone.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Serdes } from "../serde/serdes.ts";
import type { Origin } from "../operator.ts";
import type { StateEngine } from "../state/engine.ts";
import { createMemoryEngine } from "../state/memory-engine.ts";
import { TaskState, type Checkpoint, type Grounds } from "../state/task-state.ts";
import type { Arrival } from "../task/arrival.ts";
import type { DeadLetterValue } from "../task/dead-letter.ts";
import type { Outages } from "../outage.ts";
import type { Stall } from "../task/input.ts";
import type { RecordRoom } from "../task/record-room.ts";
import { Task } from "../task/task.ts";
import { silent, type Log } from "../log.ts";
import { StreamsError } from "../errors.ts";
import type { SubTopology, Topology } from "../topology/topology.ts";
import type { AnyTopic, Topic } from "../topic.ts";
import { restoreState, type RestoreProgress } from "./changelog/restore.ts";
import { TopicView } from "../backbone/topic-view.ts";
import { inputsAtEnd } from "./input-ends.ts";
import { MoveReport } from "./topics/topic-moves.ts";

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
  readonly onDeadLetter: (letter: DeadLetterValue) => void;
  /** Opens the producer of a task; the one that was there before, anywhere, is fenced by it. Absent: tasks share one. */
  readonly openProducer?: ((taskId: string) => Promise<Producer>) | undefined;
  readonly openTopic: (topic: AnyTopic) => Promise<void>;
  readonly log?: Log | undefined;
  readonly outages: Outages;
  readonly recordPatienceMs: number;
  readonly isReachable: () => Promise<boolean>;
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
  readonly #report: MoveReport;
  #lastTicks: readonly Fetch[] = [];
  /** By sub-topology: over how many partitions the keys of its state are spread. */
  #spread: ReadonlyMap<string, number> = new Map();
  #moved: Task[] = [];

  constructor(options: TaskSetOptions) {
    this.#options = options;
    this.#report = new MoveReport(options.log ?? silent, options.metrics);
  }

  /** What holds for tasks that are opened from now on: over how many partitions the state of each sub-topology is spread. */
  spreadOver(partitions: ReadonlyMap<string, number>): void {
    this.#spread = partitions;
  }

  /** Tasks that were opened since the last call and do not start where they had come to: commit them, so that it is said once. */
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
   * @param committed where the group stands on them.
   * @returns where each of their inputs starts.
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
      const task = await this.#openTask(subTopology, partition, view, globals, committed);
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
    declared: SubTopology,
    partition: number,
    view: TopicView,
    globals: Readonly<Record<string, unknown>>,
    settled?: () => Promise<readonly Position[]>,
  ): Promise<Task> {
    const { id, topology, backbone, serdes, deadLetters, room, metrics, openTopic, openProducer, onDeadLetter } =
      this.#options;
    const spread = this.#spread.get(declared.name) ?? partition + 1;
    const subTopology = shareOf(declared, partition, spread, view);
    // Before anything is read: opening it ends what a former owner left open, so that the offsets and the changelog are final.
    const name = `${subTopology.name}/${partition}`;
    if (openProducer !== undefined) this.#producers.set(name, await openProducer(`${id}-${name}`));
    const sources = subTopology.sources.map(({ name }) => name);
    const committed = Object.fromEntries(
      (await (settled?.() ?? backbone.committed(id, sources)))
        .filter((at) => at.partition === partition && sources.includes(at.topic))
        .map((at) => [`${at.topic}/${at.partition}`, at.offset]),
    );
    const state = await this.#openStateAt(committed, subTopology, partition, view);
    const { checkpoint } = state;
    if ((checkpoint?.partitions ?? spread) !== spread) {
      // It could not be opened again otherwise.
      await state.close();
      throw spreadOtherwise(subTopology, checkpoint!.partitions!, spread);
    }
    const changelogId = checkpoint?.topicIds?.[subTopology.changelog];
    const isOther = changelogId !== undefined && changelogId !== view.ids[subTopology.changelog];
    const isLost = checkpoint === undefined && Object.values(committed).some((offset) => offset > 0);
    if (subTopology.stateful && (isOther || isLost)) this.#report.stateLost(subTopology.changelog, partition);
    const { positions, moved } = this.#positions(
      subTopology,
      partition,
      { ...committed, ...checkpoint?.positions },
      view,
      checkpoint,
    );
    const mixed = checkpoint?.mixed === true || sources.some((topic) => view.has({ topic, partition: spread }));
    const ids = [...sources, subTopology.changelog].flatMap((topic) => {
      const topicId = view.ids[topic];
      return topicId === undefined ? [] : [[topic, topicId] as const];
    });
    const grounds: Grounds = {
      partitions: spread,
      ...(mixed ? { mixed } : {}),
      ...(ids.length === 0 ? {} : { topicIds: Object.fromEntries(ids) }),
    };
    const environment = {
      serdes,
      deadLetters,
      room,
      globals,
      open: openTopic,
      onHandled: (operator: string, records: number) => metrics.handled.inc({ operator }, records),
      onDeadLetter,
      onPassedOn: (topic: string) => metrics.passedOn.inc({ topic }),
      onForeign: (origin: Origin) => this.#report.foreign(origin, spread),
      arrival: this.#options.arrival,
      outage: this.#options.outages.of("record"),
      recordPatienceMs: this.#options.recordPatienceMs,
      isReachable: this.#options.isReachable,
    };
    const task = new Task(topology, subTopology, partition, state, positions, environment, grounds);
    if (moved) this.#moved.push(task);
    return task;
  }

  /** Where its inputs start, by `topic/partition`: where they had come to, unless the topic is not what it was. */
  #positions(
    { sources }: SubTopology,
    partition: number,
    remembered: Readonly<Record<string, number>>,
    view: TopicView,
    checkpoint: Checkpoint | undefined,
  ): { readonly positions: Readonly<Record<string, number>>; readonly moved: boolean } {
    const positions: Record<string, number> = {};
    let moved = false;
    for (const { name: topic } of sources) {
      const at = { topic, partition };
      const offset = remembered[`${topic}/${partition}`];
      const move =
        offset === undefined ? undefined : view.moveOf({ ...at, offset, topicId: checkpoint?.topicIds?.[topic] });
      positions[`${topic}/${partition}`] = move?.to ?? offset ?? view.start(at);
      if (move === undefined) continue;
      this.#report.say(move);
      moved = true;
    }
    return { positions, moved };
  }

  /**
   * Offsets and changelog are of the same transactions, but a broker may show the former first: then the changelog is read on. Where it
   * stays behind, offsets were moved by hand, and the state's own count.
   */
  async #openStateAt(
    committed: Readonly<Record<string, number>>,
    subTopology: SubTopology,
    partition: number,
    view: TopicView,
  ): Promise<TaskState> {
    const deadline = performance.now() + CHANGELOG_PATIENCE_MS;
    for (;;) {
      const state = await this.#openState(subTopology, partition, view);
      const stored = state.checkpoint?.positions;
      const behind =
        stored !== undefined && Object.entries(committed).some(([at, offset]) => (stored[at] ?? 0) < offset);
      if (!behind || performance.now() > deadline) return state;
      await state.close();
      await new Promise((resolve) => setTimeout(resolve, CHANGELOG_RETRY_MS));
    }
  }

  async #openState(subTopology: SubTopology, partition: number, view: TopicView): Promise<TaskState> {
    const { backbone, engine, log, metrics, onRestore } = this.#options;
    const name = `${subTopology.name}-${partition}`;
    if (!subTopology.stateful) return new TaskState(await createMemoryEngine().open(name));
    let counted = 0;
    return restoreState(
      backbone,
      engine,
      name,
      { topic: subTopology.changelog, partition },
      (done, total) => {
        metrics.restored.inc({ task: name }, done - counted);
        counted = done;
        onRestore?.({ task: name, done, total });
      },
      log,
      // The embedded log knows itself what it has lost.
      backbone.history === undefined ? view : undefined,
    );
  }

  /**
   * Closes the tasks whose changelog was made anew, and writes their state to it: another process may have them next. Nothing may be
   * uncommitted.
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
      await (await this.#openState(task.subTopology, task.partition, view)).close();
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

  /** Closes tasks; what they did not commit is forgotten. */
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

  /** @returns the partitions that stand at a record which can't be decoded yet. */
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

  /** The record is not waited for any more. */
  giveUp({ topic, partition, offset }: Position): void {
    this.#byPartition.get(`${topic}/${partition}`)?.input({ topic, partition })?.giveUp(offset);
  }

  /** Where tasks were last committed that have done something since, as `topic/partition@offset`. */
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

  /** Every input has been fetched to its end. */
  isAt(offsets: readonly PartitionOffsets[]): boolean {
    const atEnd = inputsAtEnd(offsets);
    for (const task of this.#tasks.values()) if (!task.inputs.every(atEnd)) return false;
    return true;
  }

  /** No task will ask for anything before this event time; `undefined` while one has seen nothing. */
  lowWatermark(): number | undefined {
    let low = Number.POSITIVE_INFINITY;
    for (const { lowTime } of this.#tasks.values()) {
      if (lowTime === undefined) return undefined;
      if (lowTime < low) low = lowTime;
    }
    return Number.isFinite(low) ? low : undefined;
  }
}

/**
 * What of a sub-topology the task of a partition runs. A partition that was added later has no state: all its records belong to tasks that have
 * theirs, and are passed on.
 */
function shareOf(subTopology: SubTopology, partition: number, spread: number, view: TopicView): SubTopology {
  const sources = subTopology.sources.filter(({ name }) => view.has({ topic: name, partition }));
  if (partition >= spread) return { ...subTopology, sources, operators: [], stateful: false };
  return sources.length === subTopology.sources.length ? subTopology : { ...subTopology, sources };
}

const spreadOtherwise = ({ changelog }: SubTopology, partitions: number, spread: number): StreamsError =>
  new StreamsError(
    "TOPIC_MISMATCH",
    `${changelog} has ${spread} partitions, and the state on it is spread over ${partitions}: it was given partitions, or is being ` +
      `moved. Run loopstream topics repartition --partitions ${spread} with every process of the loop stopped`,
  );
