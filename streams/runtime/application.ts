import type {
  Backbone,
  Fetch,
  GroupReader,
  PartitionOffsets,
  Position,
  Producer,
  Reader,
  TopicPartition,
} from "../backbone/backbone.ts";
import { StreamsError } from "../errors.ts";
import { GlobalFeed } from "../global/global-feed.ts";
import { createMetrics, type Metrics } from "../metrics/metrics.ts";
import type { GlobalRef } from "../operator.ts";
import type { Serdes } from "../serde/serdes.ts";
import type { StateEngine } from "../state/engine.ts";
import { createMemoryEngine } from "../state/memory-engine.ts";
import { TaskState } from "../state/task-state.ts";
import { deadLetter, type DeadLetterValue } from "../task/dead-letter.ts";
import type { Input } from "../task/input.ts";
import { Task, type Output, type TaskEnvironment } from "../task/task.ts";
import type { SubTopology, Topology } from "../topology/topology.ts";
import type { AnyTopic, Topic } from "../topic.ts";
import { commit, type Delivery } from "./commit.ts";
import { Outbox } from "./outbox.ts";
import { restoreState, type RestoreProgress } from "./restore.ts";
import { ensureTopic, ensureTopologyTopics } from "./topics.ts";

export interface ApplicationOptions {
  /** Name of the consumer group, and of the changelogs through the topology. */
  readonly id: string;
  readonly topology: Topology;
  readonly backbone: Backbone;
  readonly serdes: Serdes;
  readonly engine: StateEngine;
  readonly deadLetters: Topic<DeadLetterValue>;
  /** Partitions of every topic that does not say its own number. */
  readonly partitions: number;
  readonly delivery: Delivery;
  /** 0: after every pass. */
  readonly commitIntervalMs: number;
  /**
   * How long a task waits, in milliseconds, for an input that is empty but behind the broker's end. 0: not at all, for live
   * decisions. Infinity: as long as it takes, for exact results in replay, back-fill and the demo.
   */
  readonly maxTaskIdleMs: number;
  readonly metrics?: Metrics;
  readonly onRestore?: (progress: RestoreProgress) => void;
  /** The application has stopped by itself; `close` it. */
  readonly onFailure?: (error: unknown) => void;
}

const POLL_MS = 100;
const PAUSE_ABOVE = 20_000;
const RESUME_BELOW = 5_000;
const EVICT_EVERY_MS = 6 * 3_600_000;
const RETRY_AFTER_MS = 500;

/** Runs a topology's tasks over a backbone: polls, hands out, commits, moves tasks as the group says. */
export class Application {
  readonly metrics: Metrics;
  readonly serdes: Serdes;
  readonly #options: ApplicationOptions;
  readonly #outbox: Outbox;
  readonly #tasks = new Map<string, Task>();
  readonly #dirty = new Set<Task>();
  readonly #changelogEnds = new Map<string, number>();
  #globals: GlobalFeed | undefined;
  #group: GroupReader | undefined;
  #clock: Reader | undefined;
  #lastClock: readonly Fetch[] = [];
  #producer: Producer | undefined;
  #running: Promise<void> | undefined;
  #closing = false;
  #failure: unknown;
  #idleWaiters: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = [];
  #lastCommit = 0;
  #waitingSince: number | undefined;
  #evictedAt = Number.NEGATIVE_INFINITY;
  #unsent: Output[] = [];

  constructor(options: ApplicationOptions) {
    this.#options = options;
    this.metrics = options.metrics ?? createMetrics();
    this.serdes = options.serdes;
    this.#outbox = new Outbox(options.backbone, this.serdes, options.deadLetters);
  }

  /** Creates topics, registers schemas (an incompatible one is refused here, by name), joins the group and runs. */
  async start(): Promise<void> {
    const { topology, backbone, deadLetters, partitions } = this.#options;
    await ensureTopologyTopics(topology, [deadLetters], backbone, this.serdes, partitions);
    await this.#open();
    this.#running = this.#run();
  }

  async #open(): Promise<void> {
    const { id, topology, backbone, engine, delivery } = this.#options;
    this.#producer = await backbone.producer(delivery === "exactlyOnce" ? { transactionalId: id } : {});
    this.#globals = await GlobalFeed.open({
      backbone,
      serdes: this.serdes,
      engine,
      sources: topology.globals,
      onUndecodable: (fetch, index, error) => this.#buryGlobal(fetch, index, error),
    });
    await this.#globals.start();
    this.#clock = await this.#openClock();
    this.#group = await backbone.group({
      groupId: id,
      copartitioned: topology.subTopologies.map(({ sources }) => sources.map(({ name }) => name)),
      listener: {
        assigned: (at) => this.#assigned(at),
        revoked: (at) => this.#revoked(at),
      },
    });
  }

  async #openClock(): Promise<Reader | undefined> {
    const { topology, backbone } = this.#options;
    if (topology.clock === undefined) return undefined;
    const [at] = await backbone.offsets([topology.clock.name]);
    return backbone.reader([{ topic: at!.topic, partition: 0, offset: Math.max(at!.start, at!.end - 1) }]);
  }

  async #run(): Promise<void> {
    while (!this.#closing) {
      try {
        const fetches = await this.#group!.poll(this.#longestPoll());
        await this.#pass(fetches);
      } catch (error) {
        if (this.#closing) return;
        if (error instanceof StreamsError && (error.flags.retry || error.flags.fence)) {
          await this.#reopen();
        } else {
          this.#fail(error);
          return;
        }
      }
    }
  }

  /** In ms: never past the next commit, for which the readers of transactions wait. */
  #longestPoll(): number {
    if (this.#idleWaiters.length > 0 || this.#unsettled()) return 1;
    if (this.#dirty.size === 0) return POLL_MS;
    const left = this.#lastCommit + this.#options.commitIntervalMs - performance.now();
    return Math.min(POLL_MS, Math.max(1, Math.ceil(left)));
  }

  #fail(error: unknown): void {
    this.#failure = error;
    for (const waiter of this.#idleWaiters.splice(0)) waiter.reject(error);
    this.#options.onFailure?.(error);
  }

  /** What was not committed is forgotten and read again. */
  async #reopen(): Promise<void> {
    await this.#closeParts();
    while (!this.#closing) {
      await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS));
      try {
        await this.#open();
        return;
      } catch (error) {
        if (!(error instanceof StreamsError && error.flags.retry)) throw error;
        await this.#closeParts();
      }
    }
  }

  async #closeParts(): Promise<void> {
    const quietly = (closed: Promise<void> | undefined): Promise<void> =>
      (closed ?? Promise.resolve()).catch(() => undefined);
    await quietly(this.#group?.close());
    await quietly(this.#clock?.close());
    await quietly(this.#globals?.close());
    await quietly(this.#producer?.close());
    for (const task of this.#tasks.values()) await quietly(task.state.close());
    this.#tasks.clear();
    this.#dirty.clear();
    this.#unsent = [];
  }

  async #pass(fetches: readonly Fetch[]): Promise<void> {
    const now = performance.now();
    for (const fetch of fetches) await this.#taskOf(fetch)?.add(fetch, now);
    const ticks = (await this.#clock?.poll(0)) ?? [];
    if (ticks.length > 0) {
      this.#lastClock = ticks.slice(-1);
      for (const task of this.#tasks.values()) for (const tick of ticks) await task.add(tick, now);
    }
    if (this.#unsettled()) await this.#process();
    this.#collect();
    await this.#settle();
    this.#bound();
    if (this.#idleWaiters.length > 0) await this.#answerIdle();
  }

  /** Some task holds records that are not handled. */
  #unsettled(): boolean {
    for (const task of this.#tasks.values()) if (task.queued > 0) return true;
    return false;
  }

  async #process(): Promise<void> {
    const atEnd = await this.#atEnd();
    let handled = 0;
    for (const task of this.#tasks.values()) {
      if (task.queued === 0) continue;
      const count = await task.process(atEnd);
      if (count > 0) this.#dirty.add(task);
      handled += count;
    }
    this.#waitingSince = handled > 0 ? undefined : (this.#waitingSince ?? performance.now());
  }

  /** Which inputs may be taken to have nothing more for now. */
  async #atEnd(): Promise<(input: Input) => boolean> {
    const { maxTaskIdleMs, backbone } = this.#options;
    const waited = this.#waitingSince === undefined ? 0 : performance.now() - this.#waitingSince;
    if (waited >= maxTaskIdleMs) return () => true;
    const offsets = await backbone.offsets(this.#readTopics());
    await this.#globals!.reached(offsets.filter(({ topic }) => this.#globals!.topics.includes(topic)));
    const ends = new Map(offsets.map((at) => [`${at.topic}/${at.partition}`, at]));
    return (input) => reached(ends.get(`${input.topic.name}/${input.partition}`), input.fetched);
  }

  #readTopics(): readonly string[] {
    const { topology } = this.#options;
    const names = topology.subTopologies.flatMap(({ sources }) => sources.map(({ name }) => name));
    const clock = topology.clock === undefined ? [] : [topology.clock.name];
    return [...new Set([...names, ...this.#globals!.topics, ...clock])];
  }

  #collect(): void {
    for (const task of this.#tasks.values()) {
      const outputs = task.takeOutputs();
      if (outputs.length === 0) continue;
      this.#dirty.add(task);
      for (const output of outputs) this.#unsent.push(output);
    }
  }

  /** Sends what was written, and commits when it is time. */
  async #settle(): Promise<void> {
    const { delivery, commitIntervalMs } = this.#options;
    const now = performance.now();
    const due = now - this.#lastCommit >= commitIntervalMs || this.#idleWaiters.length > 0;
    if (this.#dirty.size > 0 && due) return this.#commit([...this.#dirty]);
    if (delivery === "atLeastOnce" && this.#unsent.length > 0) await this.#producer!.send(await this.#takeUnsent());
  }

  async #takeUnsent(): Promise<Awaited<ReturnType<Outbox["address"]>>> {
    const outputs = this.#unsent;
    this.#unsent = [];
    const now = performance.now();
    for (const { topic, fetchedAt } of outputs) {
      this.metrics.written.inc({ topic });
      if (fetchedAt !== undefined) this.metrics.latency.observe({ topic }, now - fetchedAt);
    }
    return this.#outbox.address(outputs, now);
  }

  async #commit(tasks: readonly Task[]): Promise<void> {
    const { id, delivery } = this.#options;
    await this.#refreshChangelogEnds(tasks);
    await commit(tasks, await this.#takeUnsent(), {
      delivery,
      groupId: id,
      producer: this.#producer!,
      group: this.#group!,
      changelogEnd: (task) => this.#changelogEnds.get(task.id) ?? 0,
    });
    for (const task of tasks) this.#dirty.delete(task);
    this.#lastCommit = performance.now();
    this.metrics.commits.inc();
    this.#evict();
  }

  /** A stale end only makes a later restore read a little more, so brokers are not asked at every commit. */
  async #refreshChangelogEnds(tasks: readonly Task[]): Promise<void> {
    const { backbone } = this.#options;
    const stale = tasks.filter(({ id, subTopology }) => subTopology.stateful && !this.#changelogEnds.has(id));
    const asked = backbone.kind === "embedded" ? tasks.filter(({ subTopology }) => subTopology.stateful) : stale;
    if (asked.length === 0) return;
    const offsets = await backbone.offsets([...new Set(asked.map(({ subTopology }) => subTopology.changelog))]);
    for (const task of asked) {
      const at = offsets.find(
        ({ topic, partition }) => topic === task.subTopology.changelog && partition === task.partition,
      );
      if (at !== undefined) this.#changelogEnds.set(task.id, at.end);
    }
  }

  #evict(): void {
    let low = Number.POSITIVE_INFINITY;
    for (const { streamTime } of this.#tasks.values()) low = Math.min(low, streamTime);
    if (!Number.isFinite(low) || low - this.#evictedAt < EVICT_EVERY_MS) return;
    this.#evictedAt = low;
    this.#globals!.evict(low);
  }

  /** Bounded memory: a partition whose queue is long is paused until its task has caught up. */
  #bound(): void {
    let queued = 0;
    for (const task of this.#tasks.values()) {
      for (const input of task.inputs) {
        queued += input.length;
        const at = [{ topic: input.topic.name, partition: input.partition }];
        if (input.length > PAUSE_ABOVE) this.#group!.pause(at);
        else if (input.length < RESUME_BELOW) this.#group!.resume(at);
      }
    }
    this.metrics.queued.set(queued);
  }

  /** Resolves once every input is read to its end, handled and committed; later records are not waited for. */
  idle(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure as Error);
    return new Promise((resolve, reject) => this.#idleWaiters.push({ resolve, reject }));
  }

  async #answerIdle(): Promise<void> {
    if (this.#unsettled() || this.#dirty.size > 0 || this.#tasks.size === 0) return;
    const offsets = await this.#options.backbone.offsets(this.#readTopics());
    const ends = new Map(offsets.map((at) => [`${at.topic}/${at.partition}`, at]));
    if (!this.#globals!.isAt(offsets)) return;
    for (const task of this.#tasks.values()) {
      for (const input of task.inputs) {
        if (!reached(ends.get(`${input.topic.name}/${input.partition}`), input.fetched)) return;
      }
    }
    for (const waiter of this.#idleWaiters.splice(0)) waiter.resolve();
  }

  #taskOf(at: TopicPartition): Task | undefined {
    for (const task of this.#tasks.values()) if (task.input(at) !== undefined) return task;
    return undefined;
  }

  async #assigned(partitions: readonly TopicPartition[]): Promise<readonly Position[]> {
    const positions: Position[] = [];
    const { backbone, id } = this.#options;
    for (const [subTopology, partition] of this.#shares(partitions)) {
      const names = subTopology.sources.map(({ name }) => name);
      const committed = await backbone.committed(id, names);
      const task = await this.#openTask(subTopology, partition, committed);
      this.#tasks.set(task.id, task);
      for (const tick of this.#lastClock) await task.add(tick, performance.now());
      for (const input of task.inputs) {
        if (names.includes(input.topic.name)) {
          positions.push({ topic: input.topic.name, partition, offset: input.fetched });
        }
      }
    }
    this.metrics.tasks.set(this.#tasks.size);
    return positions;
  }

  async #openTask(subTopology: SubTopology, partition: number, committed: readonly Position[]): Promise<Task> {
    const { topology, backbone, engine, deadLetters, onRestore } = this.#options;
    const name = `${subTopology.name}-${partition}`;
    const state = subTopology.stateful
      ? await restoreState(backbone, engine, name, { topic: subTopology.changelog, partition }, (done, total) => {
          this.metrics.restored.inc({ task: name });
          onRestore?.({ task: name, done, total });
        })
      : new TaskState(await createMemoryEngine().open(name));
    const fromGroup = Object.fromEntries(committed.map((at) => [`${at.topic}/${at.partition}`, at.offset]));
    const environment: TaskEnvironment = {
      serdes: this.serdes,
      deadLetters,
      globals: this.#globals!.views(),
      open: (topic) => this.openTopic(topic),
      onHandled: (operator, records) => this.metrics.handled.inc({ operator }, records),
      onDeadLetter: (code) => this.metrics.deadLetters.inc({ code }),
    };
    return new Task(
      topology,
      subTopology,
      partition,
      state,
      { ...fromGroup, ...state.checkpoint?.positions },
      environment,
    );
  }

  /** What an operator sees of a global; ask again after a failure, it may be another one. */
  global<View>(ref: GlobalRef<View>): View {
    return this.#globals!.views()[ref.name] as View;
  }

  /** Creates a topic that is not part of the topology and registers its schema. */
  async openTopic(topic: AnyTopic): Promise<void> {
    await ensureTopic(topic, this.#options.backbone, this.serdes, this.#options.partitions);
  }

  async #revoked(partitions: readonly TopicPartition[]): Promise<void> {
    const leaving = [...this.#shares(partitions)].map(([subTopology, partition]) =>
      this.#tasks.get(`${subTopology.name}/${partition}`)!,
    );
    const dirty = leaving.filter((task) => this.#dirty.has(task));
    if (dirty.length > 0) await this.#commit(dirty);
    for (const task of leaving) {
      this.#tasks.delete(task.id);
      this.#changelogEnds.delete(task.id);
      await task.state.close();
    }
    this.metrics.tasks.set(this.#tasks.size);
  }

  *#shares(partitions: readonly TopicPartition[]): Iterable<[SubTopology, number]> {
    for (const subTopology of this.#options.topology.subTopologies) {
      const first = subTopology.sources[0]!.name;
      for (const { topic, partition } of partitions) if (topic === first) yield [subTopology, partition];
    }
  }

  #buryGlobal(fetch: Fetch, index: number, error: unknown): void {
    const record = fetch.records[index]!;
    const { deadLetters } = this.#options;
    const origin = { topic: fetch.topic, partition: fetch.partition, offset: record.offset };
    const letter = deadLetter(origin, "globals", error, record);
    this.metrics.deadLetters.inc({ code: letter.code });
    this.#unsent.push({
      topic: deadLetters.name,
      partition: undefined,
      key: `${fetch.topic}/${fetch.partition}/${record.offset}`,
      value: this.serdes.encode(deadLetters, letter),
      time: record.timestamp,
      headers: {},
      fetchedAt: undefined,
    });
  }

  /** Finishes the pass at hand, commits and leaves the group; with `drain` only after everything published is handled. */
  async close(options: { readonly drain?: boolean } = {}): Promise<void> {
    if (options.drain === true && this.#failure === undefined) await this.idle();
    this.#closing = true;
    await this.#running;
    if (this.#dirty.size > 0 && this.#failure === undefined) await this.#commit([...this.#dirty]);
    for (const waiter of this.#idleWaiters.splice(0))
      waiter.reject(new StreamsError("CLOSED", "the application is closed"));
    await this.#closeParts();
  }
}

/** An empty partition is at its end wherever the position is. */
function reached(at: PartitionOffsets | undefined, position: number): boolean {
  return at === undefined || at.end <= at.start || position >= at.end;
}
