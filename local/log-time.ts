import { clock } from "../schemas/index.ts";
import {
  followClock,
  streamsLimits,
  systemClocks,
  within,
  type Backbone,
  type Clocks,
  type FollowedClock,
  type Log,
  type Outages,
} from "../streams/index.ts";
import type { ClientClock } from "./local-client.ts";

/** A running loop ticks each second. */
const FIRST_TICK_MS = 3_000;

export interface LogTimeOptions {
  readonly backbone: Backbone;
  readonly outages: Outages;
  readonly log: Log;
  /** The product's own clock; absent: this machine's, as long as it is the log's. */
  readonly now: (() => number) | undefined;
  readonly clocks?: Clocks | undefined;
}

/**
 * The times of records that the loop will take. The loop refuses a record that is dated far ahead of the log; a product
 * that was answered here would not hear of it. So records are dated by the log where this machine's clock is another,
 * and times that the loop would refuse are refused before the answer.
 */
export class LogTime {
  readonly #options: LogTimeOptions;
  readonly #followed: FollowedClock;
  readonly #clocks: Clocks;
  /** Answered before the first tick, dated by this machine's clock. */
  #unsure = 0;
  #deadLetters = 0;

  /** Where the two clocks may differ, this waits some seconds for a tick: without a running loop there is none. */
  static async open(options: LogTimeOptions): Promise<LogTime> {
    const { backbone, outages, log, clocks } = options;
    const followed = await followClock({ backbone, topic: clock.name, outages, log, clocks });
    if (!followed.agreed) await within(FIRST_TICK_MS, followed.heard, () => undefined);
    return new LogTime(options, followed);
  }

  private constructor(options: LogTimeOptions, followed: FollowedClock) {
    this.#options = options;
    this.#followed = followed;
    this.#clocks = options.clocks ?? systemClocks;
    void followed.heard.then(() => this.#settle());
  }

  /** The time of a record that names none, ms. */
  now(): number {
    const { now } = this.#options;
    if (now !== undefined) return now();
    const wall = this.#clocks.wall();
    const said = this.#followed.said()?.now ?? wall;
    return Math.abs(wall - said) > streamsLimits.clockJumpMs ? said : wall;
  }

  /** No time of the log is later, ms. Until it is known, this machine's clock counts. */
  latest(): number {
    return this.#followed.said()?.latest ?? Math.max(this.#clocks.wall(), this.#options.now?.() ?? 0);
  }

  /** A decision was answered. */
  answered(time: number): void {
    if (this.#followed.said() === undefined && this.#isByThisMachine(time)) this.#unsure++;
  }

  get clock(): ClientClock {
    const said = this.#followed.said();
    const aheadMs = said === undefined ? null : Math.round(this.#clocks.wall() - said.now);
    return { aheadMs, deadLetters: this.#deadLetters };
  }

  close(): Promise<void> {
    return this.#followed.close();
  }

  #isByThisMachine(time: number): boolean {
    return Math.abs(time - this.#clocks.wall()) <= streamsLimits.clockJumpMs;
  }

  /** The first tick tells what has become of the decisions before it. */
  #settle(): void {
    const { aheadMs } = this.clock;
    if (aheadMs === null || aheadMs <= streamsLimits.maxFutureMs || this.#unsure === 0) return;
    this.#deadLetters += this.#unsure;
    this.#options.log.error(
      { decisions: this.#unsure, aheadMs },
      "local client: these decisions were answered and have no record: this machine's clock is ahead of the log's, " +
        "and the loop was not there to tell. They are dead letters (AHEAD_OF_TIME). Mend the clock",
    );
  }
}
