import { setImmediate as eventLoop } from "node:timers/promises";
import type { Metrics } from "../../metrics/metrics.ts";
import type { ArrivalClock } from "../arrival-clock.ts";
import type { Backpressure } from "./backpressure.ts";
import type { GlobalsWait } from "./globals-wait.ts";
import type { IdleWaiters } from "./idle-waiters.ts";
import type { InputEnds } from "../input-ends.ts";
import type { OpenParts } from "../open-parts.ts";
import { Load, SpareTime } from "./spare-time.ts";
import type { Stalls } from "../stalls.ts";
import type { TaskSet } from "../task-set.ts";

export interface PassOptions {
  readonly tasks: TaskSet;
  readonly stalls: Stalls;
  readonly arrivals: ArrivalClock;
  readonly backpressure: Backpressure;
  readonly ends: InputEnds;
  readonly globalsWait: GlobalsWait;
  readonly idle: IdleWaiters;
  readonly yieldsTo?: { readonly isBusy: boolean } | undefined;
  readonly metrics: Metrics;
  readonly recordPatienceMs: number;
  readonly isReachable: () => Promise<boolean>;
}

const POLL_MS = 100;
/** Longest poll while tasks wait for records that others have still to write, ms. */
const WAITING_POLL_MS = 10;
const EVICT_EVERY_MS = 6 * 3_600_000;
/** Longest work of all tasks together before the group and the commits are served again, ms. */
const LONGEST_PASS_MS = 1_000;
const SHORTEST_PASS_MS = 20;
/** After this many records of a task the event loop gets its turn. */
const MUCH = 256;

/** The application's work between two polls: records are handed out, handled, collected and committed. */
export class Pass {
  /** How busy it has been of late. */
  readonly load = new Load();
  readonly #options: PassOptions;
  /** Absent: its results are waited for. */
  readonly #spareTime: SpareTime | undefined;
  #probing = false;
  #waitingSince: number | undefined;
  #evictedAt = Number.NEGATIVE_INFINITY;

  constructor(options: PassOptions) {
    this.#options = options;
    this.#spareTime = options.yieldsTo && new SpareTime(options.yieldsTo);
  }

  /** Longest wait of the next poll, ms: never past the next commit, because readers of transactions wait for it. */
  #longestPoll({ committer }: OpenParts): number {
    const { idle, tasks } = this.#options;
    if (idle.any || (tasks.ready && this.#waitingSince === undefined && !this.#rests)) return 1;
    if (tasks.ready && !this.#rests) return WAITING_POLL_MS;
    const due = committer.dueIn;
    return due === undefined ? POLL_MS : Math.min(POLL_MS, Math.max(1, Math.ceil(due)));
  }

  /** Others need the time. */
  get #rests(): boolean {
    return !this.#options.idle.any && this.#spareTime?.rests(performance.now()) === true;
  }

  /** Waits for records, and works on them. */
  async next(open: OpenParts): Promise<void> {
    const { tasks, stalls, arrivals, backpressure, ends, globalsWait, idle, metrics } = this.#options;
    const { committer, group, clock, globals, watch } = open;
    const asked = performance.now();
    const fetches = await group.poll(this.#longestPoll(open));
    globals.check();
    globalsWait.note(globals);
    const now = performance.now();
    const moved = watch.check(now);
    if (moved !== undefined) throw moved;
    stalls.apply(await tasks.add(fetches, now), fetches, group, now);
    if (stalls.any) this.#giveUpStalled(now);
    const ticks = (await clock?.poll(0)) ?? [];
    if (ticks.length > 0) arrivals.heard(ticks);
    await tasks.tick(ticks, now);
    if ((ends.holdTimers(tasks) || tasks.ready) && !this.#rests) await this.#process(open);
    committer.collect(tasks);
    // Callers of `idle` need not wait for the interval once nothing more comes.
    const hurry = idle.any && fetches.length === 0;
    if (await committer.settle(group, hurry)) this.#evict(open);
    const { records, bytes } = backpressure.apply(tasks, group);
    metrics.queued.set(records);
    metrics.queuedBytes.set(bytes);
    this.load.add(performance.now() - now, now - asked);
    if (idle.any) await this.#answerIdle(open);
  }

  async #process({ globals, committer }: OpenParts): Promise<void> {
    const { tasks, ends, globalsWait, yieldsTo } = this.#options;
    const waited = this.#waitingSince === undefined ? 0 : performance.now() - this.#waitingSince;
    const endOf = await ends.endOf(globals, waited);
    const isWaiting = await globalsWait.waiting(globals, tasks);
    let handled = 0;
    const began = performance.now();
    const able = [...tasks].filter(
      (task) => (task.queued > 0 || task.gate.released) && !task.resting && !isWaiting(task),
    );
    const longest =
      yieldsTo?.isBusy === true
        ? SHORTEST_PASS_MS
        : Math.max(SHORTEST_PASS_MS, LONGEST_PASS_MS / Math.max(1, tasks.size));
    for (const task of this.#spareTime?.turn(able) ?? able) {
      const count = await task.process(endOf, performance.now() + longest);
      if (count > 0) committer.touched(task);
      handled += count;
      // An open transaction advances by one step whenever the event loop turns.
      if (count > MUCH) await eventLoop();
    }
    if (handled > 0) this.#spareTime?.worked(began, performance.now());
    this.#waitingSince = handled > 0 ? undefined : (this.#waitingSince ?? performance.now());
  }

  /**
   * If brokers and registry answer and a record's schema still can't be had, the record becomes a dead letter and its
   * partition goes on.
   */
  #giveUpStalled(now: number): void {
    const { stalls, tasks, recordPatienceMs, isReachable } = this.#options;
    const longest = stalls.longest(now);
    if (longest === undefined || longest.ms < recordPatienceMs || this.#probing) return;
    this.#probing = true;
    void isReachable()
      .then((answer) => answer && tasks.giveUp(longest.at))
      .finally(() => (this.#probing = false));
  }

  #evict({ globals }: OpenParts): void {
    const low = this.#options.tasks.lowWatermark();
    if (low === undefined || low - this.#evictedAt < EVICT_EVERY_MS) return;
    if (globals.evict(low)) this.#evictedAt = low;
  }

  async #answerIdle({ committer, globals }: OpenParts): Promise<void> {
    const { tasks, ends, idle } = this.#options;
    if (tasks.queued || tasks.areHeld || !committer.clean || tasks.size === 0) return;
    await committer.settled();
    const offsets = await ends.offsets(globals);
    if (!globals.isAt(offsets) || !tasks.isAt(offsets)) return;
    idle.resolve();
  }
}
