import { randomUUID } from "node:crypto";
import { setImmediate as eventLoop, setTimeout as wait } from "node:timers/promises";
import type {
  Backbone,
  Fetch,
  GroupReader,
  MemberMemory,
  Position,
  Producer,
  Reader,
  TopicPartition,
} from "../backbone/backbone.ts";
import { LastingReader } from "../backbone/lasting-reader.ts";
import { hasCode, StreamsError } from "../errors.ts";
import { GlobalFeed } from "../global/global-feed.ts";
import { createMetrics, type Metrics } from "../metrics/metrics.ts";
import { streamsLimits } from "../limits.ts";
import { silent, type Log } from "../log.ts";
import { Outages, reasonOf, type Outage } from "../outage.ts";
import type { GlobalRef } from "../operator.ts";
import { Pause } from "../pause.ts";
import type { Serdes } from "../serde/serdes.ts";
import type { StateEngine } from "../state/engine.ts";
import { unbounded, type Arrival } from "../task/arrival.ts";
import type { DeadLetterValue } from "../task/dead-letter.ts";
import type { Input } from "../task/input.ts";
import { RecordRoom } from "../task/record-room.ts";
import type { Task } from "../task/task.ts";
import type { Topology } from "../topology/topology.ts";
import type { AnyTopic, Topic } from "../topic.ts";
import { ArrivalClock } from "./arrival-clock.ts";
import { Backpressure } from "./backpressure.ts";
import type { Delivery } from "./commit/commit.ts";
import { Committer } from "./commit/committer.ts";
import { LetterReport } from "./letters/letter-report.ts";
import { Letters } from "./letters/letters.ts";
import { openProducers } from "./commit/open-producers.ts";
import { Outbox } from "./commit/outbox.ts";
import { readRefused } from "./letters/read-refused.ts";
import type { RestoreProgress } from "./changelog/restore.ts";
import { Stalls } from "./stalls.ts";
import { StandbySet } from "./standby-set.ts";
import { inputsAtEnd, TaskSet } from "./task-set.ts";
import { MoveReport } from "./topics/topic-moves.ts";
import { TopicWatch } from "./topics/topic-watch.ts";
import { Upstream } from "./upstream.ts";
import { ensureTopic, ensureTopologyTopics, saySurplus, type TopologyTopics } from "./topics/topics.ts";

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
  /**
   * Names this process, and no other at the same time, across its restarts: one that was killed is then not waited for when it is back. Absent:
   * another name each time.
   */
  readonly instanceId?: string;
  /** Where the id of this process in its group is kept, so that its next start need not wait for the session of one that was killed. */
  readonly memberMemory?: MemberMemory;
  /** On how many other instances the state of each task is kept, so that one of them can take it over at once. Default 0. */
  readonly standbyReplicas?: number;
  /** How long one record is tried again, ms; then, where brokers and registry answer, it becomes a dead letter. Default: `recordPatienceMs` of the limits. */
  readonly recordPatienceMs?: number;
  /** Bytes of records that may be fetched and not handled before partitions are paused, over all tasks. Default 64 MiB. */
  readonly maxQueuedBytes?: number;
  /** The topics are read again as history: no time lies ahead. */
  readonly history?: boolean;
  /** The time of arrival, ms; default that of the log's ticks, and of this machine until one has come. */
  readonly now?: () => number;
  readonly metrics?: Metrics;
  /** What a person should know, such as outages. Default: nothing is said. */
  readonly log?: Log;
  /** Where what is tried again says so. Default: in `log` and `metrics`, and not together with what else in the process waits. */
  readonly outages?: Outages;
  readonly onRestore?: (progress: RestoreProgress) => void;
  /** The application has stopped by itself; `close` it. */
  readonly onFailure?: (error: unknown) => void;
}

const POLL_MS = 100;
/** Where tasks have something that must wait for what others have still to write. */
const WAITING_POLL_MS = 10;
const EVICT_EVERY_MS = 6 * 3_600_000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 5_000;
/** All tasks together work so long before the group is asked and commits are looked at again; one of them at least for the other time. */
const LONGEST_PASS_MS = 1_000;
const SHORTEST_PASS_MS = 20;
/** A pass waits so long for the globals, where a task has history. */
const GLOBALS_MS = 50;
/** After so many records of a task the event loop has its turn. */
const MUCH = 256;

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** What is open while the application is a member of its group; all of it is made anew after an error. */
interface Membership {
  readonly watch: TopicWatch;
  readonly globals: GlobalFeed;
  /** Of what the globals can't read. */
  readonly letters: Letters;
  readonly clock: Reader | undefined;
  readonly committer: Committer;
  readonly group: GroupReader;
}

type Opening = { -readonly [K in keyof Membership]?: Membership[K] };

/** Runs a topology's tasks over a backbone: polls, hands out, commits, moves tasks as the group says. */
export class Application {
  readonly metrics: Metrics;
  readonly serdes: Serdes;
  readonly #options: ApplicationOptions;
  readonly #tasks: TaskSet;
  readonly #instanceId: string;
  readonly #backpressure: Backpressure;
  readonly #standbys: StandbySet;
  readonly #log: Log;
  readonly #outages: Outages;
  readonly #arrivals: ArrivalClock;
  readonly #report: MoveReport;
  /** From an error that ended the membership to the next pass that works. */
  readonly #out: Outage;
  readonly #room = new RecordRoom();
  readonly #stalls: Stalls;
  readonly #letters: LetterReport;
  readonly #onDeadLetter = (letter: DeadLetterValue): void => this.#letters.note(letter);
  readonly #upstream: Upstream;
  #probing = false;
  /** When the application first started over without having committed anything since; ms of the monotonic clock. */
  #stuckSince: number | undefined;
  #retryMs = FIRST_RETRY_MS;
  #joinedAt = 0;
  #membership: Partial<Membership> = {};
  /** The newest feed there was: tables outlive the topics they were read from. */
  #globals: GlobalFeed | undefined;
  #running: Promise<void> | undefined;
  #closing = false;
  /** Between two tries to join; ended by closing. */
  readonly #pause = new Pause();
  #failure: unknown;
  #idleWaiters: Waiter[] = [];
  #waitingSince: number | undefined;
  #evictedAt = Number.NEGATIVE_INFINITY;

  constructor(options: ApplicationOptions) {
    this.#options = options;
    this.metrics = options.metrics ?? createMetrics();
    this.serdes = options.serdes;
    this.#instanceId = options.instanceId ?? randomUUID();
    const { metrics } = this;
    const { backbone, delivery, log = silent } = options;
    this.#log = log;
    this.#report = new MoveReport(log, metrics);
    this.#arrivals = new ArrivalClock(log);
    this.#outages = options.outages ?? new Outages(log, metrics);
    this.#out = this.#outages.of("application");
    this.#stalls = new Stalls(this.#outages.of("schemas of records"));
    this.#upstream = new Upstream({ ...options, log });
    this.#letters = new LetterReport(log, metrics);
    this.#standbys = new StandbySet({ ...options, metrics, outages: this.#outages });
    this.#backpressure = new Backpressure(options.maxQueuedBytes ?? streamsLimits.queuedBytes);
    this.#tasks = new TaskSet({
      ...options,
      metrics,
      onDeadLetter: this.#onDeadLetter,
      room: this.#room,
      openTopic: (topic) => this.openTopic(topic),
      arrival: () => this.#arrival(),
      outages: this.#outages,
      recordPatienceMs: options.recordPatienceMs ?? streamsLimits.recordPatienceMs,
      isReachable: () => this.#isReachable(),
      openProducer:
        delivery === "exactlyOnce" && !backbone.fencesOffsets
          ? (taskId) => backbone.producer({ transactionalId: taskId })
          : undefined,
    });
  }

  /** Creates topics, registers schemas (an incompatible one is refused here, by name), joins the group and runs. */
  async start(): Promise<void> {
    await this.#join();
    this.#running = this.#run();
  }

  async #join(): Promise<void> {
    const { id, topology, backbone, delivery, deadLetters } = this.#options;
    const open: Opening = {};
    this.#membership = open;
    const topics = await this.#settleTopics();
    saySurplus(topology, topics, this.#log);
    this.#tasks.spreadOver(topics.partitions);
    this.#standbys.spreadOver(topics.partitions);
    open.watch = new TopicWatch(backbone, topics.known);
    // Before anything is kept: what the brokers would refuse is then refused where it is made.
    await this.#room.learn(backbone, writtenTopics(topology, deadLetters));
    const producers = await openProducers(delivery, id, this.#instanceId, backbone);
    const onDeadLetter = this.#onDeadLetter;
    // What is written for a task of this topology goes to it, also where the topic has more partitions than there are such tasks.
    const spread = topology.subTopologies.flatMap(({ name, sources }) =>
      sources.map((topic) => [topic.name, topics.partitions.get(name)!] as const),
    );
    const outbox = new Outbox(backbone, this.serdes, deadLetters, onDeadLetter, this.#room, spread);
    const { metrics } = this;
    const producerOf = (task: Task): Producer | undefined => this.#tasks.producerOf(task);
    open.committer = new Committer({ ...this.#options, groupId: id, outbox, metrics, producerOf }, producers);
    const arrival = (): Arrival => this.#arrival();
    const parts = { serdes: this.serdes, deadLetters, room: this.#room, onDeadLetter };
    const ends = await backbone.offsets([...new Set(topology.globals.map((source) => source.topic.name))]);
    const letters = new Letters({ backbone, outbox, arrival, ends, ...parts });
    open.letters = letters;
    open.clock = await this.#openClock();
    await this.#openGlobals(open, letters);
    this.#checkOpen();
    open.group = await backbone.group({
      groupId: id,
      copartitioned: topology.subTopologies.map(({ sources }) => sources.map(({ name }) => name)),
      standbyReplicas: this.#options.standbyReplicas ?? 0,
      ...(this.#options.memberMemory === undefined ? {} : { memory: this.#options.memberMemory }),
      listener: {
        assigned: (at, committed) => this.#assigned(at, committed),
        revoked: (at) => this.#revoked(at),
        standby: (at) => this.#standbys.keep(at),
        onTrimmed: (trimmed) => this.#report.trimmed(trimmed),
      },
    });
  }

  #checkOpen(): void {
    if (this.#closing) throw new StreamsError("CLOSED", "the application is closed");
  }

  get #open(): Membership {
    return this.#membership as Membership;
  }

  async #openGlobals(open: Opening, letters: Letters): Promise<void> {
    const { topology, backbone, engine, history, deadLetters } = this.#options;
    const globals = await GlobalFeed.open({
      backbone,
      serdes: this.serdes,
      engine,
      sources: topology.globals,
      former: this.#globals,
      onMove: (move) => this.#report.say(move),
      onTableLost: (topic, kept) => this.#report.tableLost(topic, kept),
      log: this.#log,
      outages: this.#outages,
      metrics: this.metrics,
      arrival: () => this.#arrival(),
      // Places of topics that are shown again as history are not those of the topics.
      ...(history === true ? {} : { refused: (topics) => readRefused(backbone, this.serdes, deadLetters, topics) }),
      onUndecodable: (fetch, index, error) => letters.add(fetch, index, error),
      onRead: () => letters.store(),
      onFailure: () => this.#membership.group?.wake?.(),
    });
    // Known before it has read anything, so that it can be closed meanwhile.
    open.globals = globals;
    if (!this.#closing) await globals.start();
    this.#globals = globals;
  }

  async #openClock(): Promise<Reader | undefined> {
    const { topology, backbone } = this.#options;
    if (topology.clock === undefined) return undefined;
    const [at] = await backbone.offsets([topology.clock.name]);
    if (topology.clock.timestamps === "arrival") this.#arrivals.open(at!.end);
    const newest = { topic: at!.topic, partition: 0, offset: Math.max(at!.start, at!.end - 1) };
    return LastingReader.open(backbone, [newest], this.#outages.of("clock"));
  }

  async #run(): Promise<void> {
    while (!this.#closing) {
      try {
        await this.#pass(await this.#open.group.poll(this.#longestPoll()));
        if (this.#out.lasting && this.#isThrough()) this.#out.ended();
      } catch (error) {
        if (this.#closing) return this.#out.givenUp();
        const cause = await this.#rejoin(error);
        if (cause !== undefined) return this.#fail(cause);
      }
    }
  }

  /**
   * Whether the brokers refused a record because a topic takes less than was known. After joining again such a record is refused where it is made,
   * and undone alone.
   */
  async #takesLess(error: unknown): Promise<boolean> {
    if (!hasCode(error, "RECORD_TOO_LARGE")) return false;
    return this.#room.refresh(this.#options.backbone).catch((failure: unknown) => isPassing(failure));
  }

  /** Whether it works again: something is committed, or nothing has failed for a while. */
  #isThrough(): boolean {
    return this.#open.committer.done || performance.now() - this.#joinedAt > LONGEST_RETRY_MS;
  }

  /** In ms: never past the next commit, for which the readers of transactions wait. */
  #longestPoll(): number {
    if (this.#idleWaiters.length > 0 || (this.#tasks.ready && this.#waitingSince === undefined)) return 1;
    if (this.#tasks.ready) return WAITING_POLL_MS;
    const due = this.#open.committer.dueIn;
    return due === undefined ? POLL_MS : Math.min(POLL_MS, Math.max(1, Math.ceil(due)));
  }

  #fail(error: unknown): void {
    this.#out.givenUp(error);
    this.#log.error({ error: reasonOf(error) }, "the application has stopped");
    this.#failure = error;
    for (const waiter of this.#idleWaiters.splice(0)) waiter.reject(error);
    this.#options.onFailure?.(error);
  }

  /** What was not committed is forgotten and read again. Resolves to the error that makes it impossible, if any. */
  async #rejoin(cause: unknown): Promise<unknown> {
    if (hasCode(cause, "TOPIC_MOVED")) await this.#keepDone();
    if (this.#membership.committer?.done === true) {
      this.#stuckSince = undefined;
      this.#retryMs = FIRST_RETRY_MS;
    }
    const at = this.#tasks.uncommitted();
    for (;;) {
      await this.#leave();
      if (!(cause instanceof StreamsError)) return cause;
      const { retry, fence } = cause.flags;
      // A topic of the application that has gone is made again by joining.
      const again = retry || fence || cause.code === "UNKNOWN_TOPIC";
      if (!again && !(await this.#takesLess(cause))) return cause;
      const stuck = await this.#stuck(cause, at);
      if (stuck !== undefined) return stuck;
      this.#out.failed(cause, at.length === 0 ? {} : { at });
      await this.#pause.wait(this.#retryMs);
      this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
      if (this.#closing) return undefined;
      try {
        await this.#join();
        this.#joinedAt = performance.now();
        return undefined;
      } catch (error) {
        cause = error;
        // Brokers are away: it is not the records that are in the way.
        this.#stuckSince = undefined;
      }
    }
  }

  /**
   * To start over for ever at the same records is a fault, where everything that they need answers.
   * @param at where the tasks stand that had done something.
   */
  async #stuck(cause: StreamsError, at: readonly string[]): Promise<StreamsError | undefined> {
    if (at.length === 0) return undefined;
    const now = performance.now();
    this.#stuckSince ??= now;
    const patience = this.#options.recordPatienceMs ?? streamsLimits.recordPatienceMs;
    if (now - this.#stuckSince <= patience || !(await this.#isReachable())) return undefined;
    const minutes = Math.round((now - this.#stuckSince) / 60_000);
    const message =
      `nothing behind ${at.slice(0, 5).join(", ")} could be committed for ${minutes} minutes, though brokers and registry answer: ` +
      `${cause.message}. Look at the records there, mend or remove what is wrong with them, and start again`;
    return new StreamsError("NO_PROGRESS", message, cause);
  }

  /**
   * What was done is right, whatever became of the topics: it is committed, and state whose changelog is another one by now is written there. Where
   * that can't be done it is done again from what was committed.
   */
  async #keepDone(): Promise<void> {
    const { committer, group } = this.#membership;
    if (committer === undefined || group === undefined) return;
    try {
      await this.#settleTopics();
      await committer.commit(group);
      await this.#tasks.settleChangelogs();
    } catch (error) {
      this.#log.warn(
        { error: reasonOf(error) },
        "what was done before the topics changed could not be committed: it is done again",
      );
    }
  }

  /** Topics that are missing are made, here and now. */
  #settleTopics(): Promise<TopologyTopics> {
    const { topology, backbone, deadLetters, partitions } = this.#options;
    const more = [deadLetters];
    return ensureTopologyTopics(topology, more, backbone, this.serdes, partitions, this.#log, this.#outages);
  }

  async #leave(): Promise<void> {
    const { group, clock, globals, letters, committer } = this.#membership;
    for (const part of [group, clock, globals, letters, committer]) await part?.close().catch(() => undefined);
    await this.#upstream.close();
    await this.#standbys.close();
    await this.#tasks.close();
  }

  async #pass(fetches: readonly Fetch[]): Promise<void> {
    const { committer, group, clock, globals, watch } = this.#open;
    globals.check();
    const now = performance.now();
    const moved = watch.check(now);
    if (moved !== undefined) throw moved;
    this.#stalls.apply(await this.#tasks.add(fetches, now), fetches, group, now);
    if (this.#stalls.any) this.#giveUpStalled(now);
    const ticks = (await clock?.poll(0)) ?? [];
    if (ticks.length > 0) this.#arrivals.heard(ticks);
    await this.#tasks.tick(ticks, now);
    if (this.#tasks.ready) await this.#process();
    committer.collect(this.#tasks);
    // Who waits for `idle` need not wait for the interval, once nothing more comes.
    const hurry = this.#idleWaiters.length > 0 && fetches.length === 0;
    if (await committer.settle(group, hurry)) this.#evict();
    const { records, bytes } = this.#backpressure.apply(this.#tasks, group);
    this.metrics.queued.set(records);
    this.metrics.queuedBytes.set(bytes);
    if (this.#idleWaiters.length > 0) await this.#answerIdle();
  }

  async #process(): Promise<void> {
    const endOf = await this.#endOf();
    const isWhole = await this.#areGlobalsWhole();
    let handled = 0;
    const longest = Math.max(SHORTEST_PASS_MS, LONGEST_PASS_MS / Math.max(1, this.#tasks.size));
    for (const task of this.#tasks) {
      if (task.queued === 0 || task.resting || (!isWhole && task.fed)) continue;
      const count = await task.process(endOf, performance.now() + longest);
      if (count > 0) this.#open.committer.touched(task);
      handled += count;
      // A transaction under way goes on by one step whenever the event loop turns.
      if (count > MUCH) await eventLoop();
    }
    this.#waitingSince = handled > 0 ? undefined : (this.#waitingSince ?? performance.now());
  }

  /**
   * Whether the globals hold all that was published before the history that is queued: unlike a live decision, one of an import sees every event from
   * before its time. They are waited for, but not so long that tasks without history would feel it.
   */
  async #areGlobalsWhole(): Promise<boolean> {
    if (this.#options.maxTaskIdleMs > 0 || ![...this.#tasks].some((task) => task.fed)) return true;
    const { globals } = this.#open;
    const ends = await this.#options.backbone.offsets(globals.topics);
    if (globals.isAt(ends)) return true;
    const reached = globals.reached(ends);
    // Where it fails later, the next pass meets the reason.
    reached.catch(() => undefined);
    await Promise.race([reached, wait(GLOBALS_MS)]);
    return globals.isAt(ends);
  }

  /** Up to which event time an input that is empty may be taken to have nothing more for now. */
  async #endOf(): Promise<(input: Input) => number> {
    const { maxTaskIdleMs, backbone } = this.#options;
    const waited = this.#waitingSince === undefined ? 0 : performance.now() - this.#waitingSince;
    if (waited >= maxTaskIdleMs) return (input) => this.#upstream.endOf(input);
    const { globals } = this.#open;
    const offsets = await backbone.offsets(this.#readTopics());
    await globals.reached(offsets.filter(({ topic }) => globals.topics.includes(topic)));
    const atEnd = inputsAtEnd(offsets);
    return (input) => (atEnd(input) ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY);
  }

  #readTopics(): readonly string[] {
    const { topology } = this.#options;
    const names = topology.subTopologies.flatMap(({ sources }) => sources.map(({ name }) => name));
    const clock = topology.clock === undefined ? [] : [topology.clock.name];
    return [...new Set([...names, ...this.#open.globals.topics, ...clock])];
  }

  /** A record whose schema can't be had though brokers and registry answer is a dead letter in the end, and not the end of its partition. */
  #giveUpStalled(now: number): void {
    const longest = this.#stalls.longest(now);
    const patience = this.#options.recordPatienceMs ?? streamsLimits.recordPatienceMs;
    if (longest === undefined || longest.ms < patience || this.#probing) return;
    this.#probing = true;
    void this.#isReachable()
      .then((answer) => answer && this.#tasks.giveUp(longest.at))
      .finally(() => (this.#probing = false));
  }

  async #isReachable(): Promise<boolean> {
    try {
      const { topology, backbone } = this.#options;
      const stateful = topology.subTopologies.filter((subTopology) => subTopology.stateful);
      const topics = [...topology.topics.map(({ name }) => name), ...stateful.map(({ changelog }) => changelog)];
      await Promise.all([this.serdes.reach(), backbone.offsets([...new Set(topics)])]);
      return true;
    } catch {
      return false;
    }
  }

  #evict(): void {
    const low = this.#tasks.lowWatermark();
    if (low === undefined || low - this.#evictedAt < EVICT_EVERY_MS) return;
    if (this.#open.globals.evict(low)) this.#evictedAt = low;
  }

  /** Resolves once every input is read to its end, handled and committed; later records are not waited for. */
  idle(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure as Error);
    return new Promise((resolve, reject) => {
      this.#idleWaiters.push({ resolve, reject });
      this.#membership.group?.wake?.();
    });
  }

  async #answerIdle(): Promise<void> {
    if (this.#tasks.queued || !this.#open.committer.clean || this.#tasks.size === 0) return;
    await this.#open.committer.settled();
    const offsets = await this.#options.backbone.offsets(this.#readTopics());
    if (!this.#open.globals.isAt(offsets) || !this.#tasks.isAt(offsets)) return;
    for (const waiter of this.#idleWaiters.splice(0)) waiter.resolve();
  }

  /** What an operator sees of a global; ask again after a failure, it may be another one. While the application joins again: as it was before. */
  global<View>(ref: GlobalRef<View>): View {
    if (this.#globals === undefined) throw new StreamsError("CLOSED", "the application has not been started");
    return this.#globals.views()[ref.name] as View;
  }

  /** How far the globals are; `undefined` while this instance is no member of its group. */
  get globalsProgress(): Pick<GlobalFeed, "next" | "leftToFill"> | undefined {
    const { globals, group } = this.#membership;
    return group === undefined ? undefined : globals;
  }

  /** Creates a topic that is not part of the topology and registers its schema. */
  async openTopic(topic: AnyTopic): Promise<void> {
    const { backbone, partitions } = this.#options;
    await ensureTopic(topic, backbone, this.serdes, partitions, this.#outages);
    await this.#room.learn(backbone, [topic.name]);
  }

  #arrival(): Arrival {
    const { history, now } = this.#options;
    if (history === true) return unbounded;
    if (now === undefined) return this.#arrivals.read();
    const at = now();
    return { now: at, latest: at, at };
  }

  /** What time it is for records that arrive, ms: the log's time as far as it is known. */
  now(): number {
    return this.#arrival().now;
  }

  async #assigned(
    partitions: readonly TopicPartition[],
    committed?: () => Promise<readonly Position[]>,
  ): Promise<readonly Position[]> {
    await this.#standbys.release(partitions);
    this.#upstream.reset();
    const positions = await this.#tasks.open(partitions, this.#open.globals.views(), committed);
    for (const task of this.#tasks.takeMoved()) this.#open.committer.touched(task);
    return positions;
  }

  async #revoked(partitions: readonly TopicPartition[]): Promise<void> {
    const { committer, group } = this.#open;
    if (!committer.clean) await committer.commit(group);
    const leaving = this.#tasks.of(partitions);
    committer.forget(leaving);
    await this.#tasks.close(leaving);
  }

  /** Finishes the pass at hand, commits and leaves the group; with `drain` only after everything published is handled. */
  async close(options: { readonly drain?: boolean } = {}): Promise<void> {
    if (options.drain === true && this.#failure === undefined) await this.idle();
    this.#closing = true;
    this.#pause.end();
    const { globals } = this.#membership;
    // Whoever waits for what the globals can't read now would wait as long as the outage.
    if (this.#out.lasting || globals?.lasting === true) await globals?.close();
    this.#membership.group?.wake?.();
    await this.#running;
    const { committer, group } = this.#membership;
    try {
      if (this.#failure === undefined && committer?.clean === false && group !== undefined)
        await committer.commit(group).catch((error: unknown) => this.#leftToOthers(error));
    } finally {
      const closed = new StreamsError("CLOSED", "the application is closed");
      for (const waiter of this.#idleWaiters.splice(0)) waiter.reject(closed);
      await this.#leave();
      this.#letters.close();
    }
  }

  /** Whose partitions have gone to another member has nothing to commit: that one does the work. */
  #leftToOthers(error: unknown): void {
    if (!(error instanceof StreamsError && error.flags.fence)) throw error;
    this.#log.info({ error: reasonOf(error) }, "what was not committed is done by the member that has it now");
  }
}

const isPassing = (error: unknown): boolean => error instanceof StreamsError && error.flags.retry;

function writtenTopics({ topics, subTopologies }: Topology, deadLetters: AnyTopic): readonly string[] {
  const changelogs = subTopologies.filter(({ stateful }) => stateful).map(({ changelog }) => changelog);
  return [
    ...new Set([...topics, deadLetters].filter(({ family }) => family !== true).map(({ name }) => name)),
    ...changelogs,
  ];
}
