import { streamsLimits } from "../limits.ts";
import type { Change, StateDatabase } from "../state/engine.ts";
import type { Arrival } from "../task/arrival.ts";
import { horizonChange, horizonIn } from "./feed-store.ts";

const NEVER = Number.POSITIVE_INFINITY;

/** Up to which event time folds have forgotten what no task would ask for, and how much more they may. */
export class Horizon {
  #time: number;
  #stored: number;
  #furthest = Number.NEGATIVE_INFINITY;
  /** When history last came, ms of the monotonic clock. */
  #historyAt = Number.NEGATIVE_INFINITY;
  /** Times of the oldest questions, by the piece of time in which they were asked: this one, which began at `#askedAt`, and the one before. */
  #asked = NEVER;
  #askedBefore = NEVER;
  #askedAt = Number.NEGATIVE_INFINITY;

  static async load(database: StateDatabase): Promise<Horizon> {
    return new Horizon((await horizonIn(database)) ?? Number.NEGATIVE_INFINITY);
  }

  private constructor(time: number) {
    this.#time = this.#stored = time;
  }

  /** No task needs records that only questions before it would need, ms. A record read from before it moves it back. */
  get time(): number {
    return this.#time;
  }

  /** A record of a fold was read for the first time. */
  passed(time: number, { now, at }: Arrival): void {
    if (time < now - streamsLimits.historyMs) this.#historyAt = at;
    if (time < this.#time) this.#time = time;
  }

  /** A question was asked that lies behind what may be forgotten. */
  asked(time: number, { at }: Arrival): void {
    this.#turn(at);
    if (time < this.#asked) this.#asked = time;
  }

  #turn(at: number): void {
    const { historyQuietMs } = streamsLimits;
    if (at - this.#askedAt < historyQuietMs) return;
    this.#askedBefore = at - this.#askedAt < 2 * historyQuietMs ? this.#asked : NEVER;
    this.#asked = NEVER;
    this.#askedAt = at;
  }

  /**
   * The time up to which content may be forgotten now, ms, at most `time`. Nothing is forgotten while history is coming
   * in that no task has asked about yet. Content asked for in the last minute stays: the content behind it is asked for
   * next.
   *
   * @param late how much older than the tasks' time a question may be, and the oldest known question, ms.
   * @returns `undefined`: nothing.
   */
  allowed(
    time: number,
    late: { readonly lateMs: number; readonly asked: number },
    { now, at }: Arrival,
  ): number | undefined {
    const isBehind = time < now - streamsLimits.historyMs;
    if (!isBehind && at - this.#historyAt < streamsLimits.historyQuietMs) return undefined;
    this.#turn(at);
    const asked = Math.min(late.asked, this.#asked, this.#askedBefore);
    if (time - late.lateMs <= asked) return time - late.lateMs;
    return asked > this.#furthest ? asked : undefined;
  }

  forgot(time: number): void {
    this.#time = time;
    this.#furthest = Math.max(this.#furthest, time);
  }

  takeChanges(): readonly Change[] {
    if (this.#time === this.#stored) return [];
    this.#stored = this.#time;
    return [horizonChange(this.#time)];
  }
}
