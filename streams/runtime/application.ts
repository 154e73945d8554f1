import { randomUUID } from "node:crypto";
import { StreamsError } from "../errors.ts";
import type { GlobalFeed } from "../global/global-feed.ts";
import { createMetrics, type InputLag, type Metrics } from "../metrics/metrics.ts";
import { streamsLimits } from "../limits.ts";
import { silent } from "../log.ts";
import { Outages, reasonOf, type Outage } from "../outage.ts";
import type { GlobalRef } from "../operator.ts";
import { Pause } from "../pause.ts";
import type { Serdes } from "../serde/serdes.ts";
import { RecordRoom } from "../task/record-room.ts";
import type { AnyTopic } from "../topic.ts";
import type { ApplicationOptions } from "./application-options.ts";
import { ArrivalClock, arrivalOf } from "./arrival-clock.ts";
import { Backpressure } from "./pass/backpressure.ts";
import { TransactionalIds } from "./commit/transactional-ids.ts";
import { GlobalsWait } from "./pass/globals-wait.ts";
import { IdleWaiters } from "./pass/idle-waiters.ts";
import { InputEnds } from "./input-ends.ts";
import { LetterReport } from "./letters/letter-report.ts";
import { assignments } from "./membership/assignments.ts";
import { Lag } from "./membership/lag.ts";
import { join, leave, type Lasting, type OpenParts, type Opening } from "./open-parts.ts";
import { Pass } from "./pass/pass.ts";
import { isReachable } from "./reachable.ts";
import { Restarts } from "./restarts.ts";
import { Stalls } from "./stalls.ts";
import { StandbySet } from "./standby-set.ts";
import { TaskSet } from "./task-set.ts";
import { MoveReport } from "./topics/topic-moves.ts";
import { ensureTopic, ensureTopologyTopics, saySurplus, type TopologyTopics } from "./topics/topics.ts";
import { Upstream } from "./upstream.ts";
import { CodedError, hasCode } from "../coded-error.ts";

/** Rest after each pass of work that no reply waits for, ms: fewer and larger batches, and fewer questions to the log. */
const BESIDE_REST_MS = 250;

/** Runs a topology's tasks over a backbone: polls, hands out, commits, moves tasks as the group says. */
export class Application {
  readonly metrics: Metrics;
  readonly serdes: Serdes;
  readonly #options: ApplicationOptions;
  readonly #tasks: TaskSet;
  readonly #pass: Pass;
  readonly #standbys: StandbySet;
  readonly #lasting: Lasting;
  /** From an error that ended the membership to the next pass that works. */
  readonly #out: Outage;
  readonly #letters: LetterReport;
  readonly #assignments: ReturnType<typeof assignments>;
  readonly #lag: Lag;
  readonly #lagOrNone = async (): Promise<readonly InputLag[]> => (await this.#lag.now()) ?? [];
  readonly #upstream: Upstream;
  readonly #restarts: Restarts;
  #parts: Partial<OpenParts> = {};
  /** The newest feed there was: tables outlive the topics they were read from. */
  #globals: GlobalFeed | undefined;
  #running: Promise<void> | undefined;
  #closing = false;
  /** Between two tries to join; ended by closing. */
  readonly #pause = new Pause();
  #failure: unknown;
  readonly #idle = new IdleWaiters();

  constructor(options: ApplicationOptions) {
    this.#options = options;
    this.metrics = options.metrics ?? createMetrics();
    this.serdes = options.serdes;
    const { metrics } = this;
    const { backbone, delivery, log = silent, recordPatienceMs = streamsLimits.recordPatienceMs } = options;
    const outages = options.outages ?? new Outages(log, metrics);
    const arrivals = new ArrivalClock(log);
    this.#out = outages.of("application");
    this.#upstream = new Upstream({ ...options, log });
    this.#restarts = new Restarts(recordPatienceMs, () => this.#isReachable());
    this.#letters = new LetterReport(log, metrics);
    this.#standbys = new StandbySet({ ...options, metrics, outages });
    this.#lasting = {
      options,
      transactionalIds: new TransactionalIds(`${options.id}-${options.instanceId ?? randomUUID()}`, log),
      metrics,
      log,
      outages,
      room: new RecordRoom(),
      report: new MoveReport(log, metrics),
      arrivals,
      arrival: arrivalOf(options, arrivals),
      onDeadLetter: (letter) => this.#letters.note(letter),
      producerOf: (task) => this.#tasks.producerOf(task),
      onGlobals: (globals) => (this.#globals = globals),
    };
    this.#tasks = new TaskSet({
      ...options,
      ...this.#lasting,
      openTopic: (topic) => this.openTopic(topic),
      ...{ recordPatienceMs, detours: this.#upstream.detours },
      isReachable: () => this.#isReachable(),
      openProducer:
        delivery === "exactlyOnce" && !backbone.fencesOffsets
          ? (taskId) => backbone.producer({ transactionalId: taskId })
          : undefined,
    });
    const parts = { tasks: this.#tasks, standbys: this.#standbys, upstream: this.#upstream };
    this.#assignments = assignments({ ...parts, metrics, log, open: () => this.#open });
    this.#lag = new Lag(backbone, this.#tasks, options.topology.clock);
    this.#pass = new Pass({
      tasks: this.#tasks,
      stalls: new Stalls(outages.of("schemas of records")),
      arrivals,
      backpressure: new Backpressure(options.maxQueuedBytes ?? streamsLimits.queuedBytes),
      ends: new InputEnds(options, this.#upstream),
      globalsWait: new GlobalsWait(options),
      idle: this.#idle,
      ...{ metrics, recordPatienceMs, yieldsTo: options.yieldsTo, isReachable: () => this.#isReachable() },
    });
  }

  /** Creates topics, registers schemas (an incompatible one is refused here, by name), joins the group and runs. */
  async start(): Promise<void> {
    await this.#join();
    this.metrics.lags.add(this.#lagOrNone);
    this.#running = this.#run();
  }

  async #join(): Promise<void> {
    const open: Opening = {};
    this.#parts = open;
    const topics = await this.#settleTopics();
    saySurplus(this.#options.topology, topics, this.#lasting.log);
    this.#tasks.spreadOver(topics.partitions);
    this.#standbys.spreadOver(topics.partitions);
    await join(open, topics, this.#lasting, this.#globals, this.#assignments, () => {
      if (this.#closing) throw new StreamsError("CLOSED", "the application is closed");
    });
  }

  get #open(): OpenParts {
    return this.#parts as OpenParts;
  }

  async #run(): Promise<void> {
    while (!this.#closing) {
      try {
        await this.#pass.next(this.#open);
        if (this.#options.besideReplies === true && !this.#idle.any) await this.#pause.wait(BESIDE_REST_MS);
        // Something is committed, or nothing has failed for a while.
        if (this.#out.lasting && (this.#open.committer.done || this.#restarts.calm)) this.#out.ended();
      } catch (error) {
        if (this.#closing) return this.#out.givenUp();
        const cause = await this.#rejoin(error);
        if (cause !== undefined) return this.#fail(cause);
      }
    }
  }

  #fail(error: unknown): void {
    this.#out.givenUp(error);
    this.#lasting.log.error({ error: reasonOf(error) }, "the application has stopped");
    this.#failure = error;
    this.#idle.reject(error);
    this.#options.onFailure?.(error);
  }

  /** Forgets uncommitted work, and reads it again. Resolves to the error that makes it impossible, if any. */
  async #rejoin(cause: unknown): Promise<unknown> {
    if (hasCode(cause, "TOPIC_MOVED")) await this.#keepDone();
    if (this.#parts.committer?.done === true) this.#restarts.worked();
    const at = this.#tasks.uncommitted();
    if (cause instanceof CodedError) this.metrics.restarts.inc({ code: cause.code });
    for (;;) {
      await this.#leave();
      if (!(cause instanceof CodedError)) return cause;
      const { retry, fence } = cause.flags;
      // A topic of the application that has gone is made again by joining.
      const again = retry || fence || cause.code === "UNKNOWN_TOPIC";
      if (!again && !(await this.#lasting.room.takesLess(cause, this.#options.backbone))) return cause;
      const stuck = await this.#restarts.stuck(cause, at);
      if (stuck !== undefined) return stuck;
      this.#out.failed(cause, at.length === 0 ? {} : { at });
      await this.#pause.wait(this.#restarts.pause());
      if (this.#closing) return undefined;
      try {
        await this.#join();
        this.#restarts.joined();
        return undefined;
      } catch (error) {
        cause = error;
        this.#restarts.away();
      }
    }
  }

  /**
   * The work done is right, whatever became of the topics: it is committed, and state is written to changelogs made
   * anew. If that fails, it is done again from the last commit.
   */
  async #keepDone(): Promise<void> {
    const { committer, group } = this.#parts;
    if (committer === undefined || group === undefined) return;
    try {
      await this.#settleTopics();
      await committer.commit(group);
      await this.#tasks.settleChangelogs();
    } catch (error) {
      this.#lasting.log.warn(
        { error: reasonOf(error) },
        "work done before the topics changed could not be committed: it is done again",
      );
    }
  }

  /** Topics that are missing are made, here and now. */
  #settleTopics(): Promise<TopologyTopics> {
    const { topology, backbone, deadLetters, partitions } = this.#options;
    const { log, outages } = this.#lasting;
    return ensureTopologyTopics(topology, [deadLetters], backbone, this.serdes, partitions, log, outages);
  }

  async #leave(): Promise<void> {
    await leave(this.#parts);
    await this.#upstream.close();
    await this.#standbys.close();
    await this.#tasks.close();
  }

  #isReachable(): Promise<boolean> {
    const { topology, backbone } = this.#options;
    return isReachable(topology, backbone, this.serdes);
  }

  /** Resolves once every input is read to its end, handled and committed; later records are not waited for. */
  idle(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure as Error);
    const idle = this.#idle.wait();
    this.#parts.group?.wake?.();
    return idle;
  }

  /** A global for operators; while the application joins again, the former one. Ask again after a failure. */
  global<View>(ref: GlobalRef<View>): View {
    if (this.#globals === undefined) throw new StreamsError("CLOSED", "the application has not been started");
    return this.#globals.views()[ref.name] as View;
  }

  /** It has more to do than it can, or nearly so. */
  get isBusy(): boolean {
    return this.#pass.load.isBusy;
  }

  /** How far the globals are; `undefined` while this instance is no member of its group. */
  get globalsProgress(): Pick<GlobalFeed, "next" | "leftToFill"> | undefined {
    const { globals, group } = this.#parts;
    return group === undefined ? undefined : globals;
  }

  /** Records on the log that this instance has not handled; `undefined`: the log gives no answer within a second. */
  lag(): Promise<readonly InputLag[] | undefined> {
    return this.#lag.now();
  }

  /** Creates a topic that is not part of the topology and registers its schema. */
  async openTopic(topic: AnyTopic): Promise<void> {
    const { backbone, partitions } = this.#options;
    await ensureTopic(topic, backbone, this.serdes, partitions, this.#lasting.outages);
    await this.#lasting.room.learn(backbone, [topic.name]);
  }

  /** The time of arriving records, ms: the log's time as far as it is known. */
  now(): number {
    return this.#lasting.arrival().now;
  }

  /** Finishes the pass at hand, commits and leaves the group; with `drain` only after everything published is handled. */
  async close(options: { readonly drain?: boolean } = {}): Promise<void> {
    if (options.drain === true && this.#failure === undefined) await this.idle();
    this.#closing = true;
    this.metrics.lags.delete(this.#lagOrNone);
    this.#pause.end();
    const { globals } = this.#parts;
    // A wait for records that the globals can't read now would last as long as the outage.
    if (this.#out.lasting || globals?.lasting === true) await globals?.close();
    this.#parts.group?.wake?.();
    await this.#running;
    const { committer, group } = this.#parts;
    try {
      if (this.#failure === undefined && committer?.clean === false && group !== undefined)
        await committer.commit(group).catch((error: unknown) => this.#leftToOthers(error));
    } finally {
      this.#idle.reject(new StreamsError("CLOSED", "the application is closed"));
      await this.#leave();
      this.#letters.close();
    }
  }

  /** A process whose partitions have gone to another member has nothing to commit: that one does the work. */
  #leftToOthers(error: unknown): void {
    if (!(error instanceof CodedError && error.flags.fence)) throw error;
    this.#lasting.log.info({ error: reasonOf(error) }, "uncommitted work is done by the member that has it now");
  }
}
