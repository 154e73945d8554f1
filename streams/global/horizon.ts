import { streamsLimits } from "../limits.ts";
import type { Change, StateDatabase } from "../state/engine.ts";
import type { Arrival } from "../task/arrival.ts";
import { horizonChange, horizonIn } from "./feed-store.ts";

/** Up to which event time folds have forgotten what no task would ask for. */
export class Horizon {
  #time: number;
  #stored: number;
  /** When history last came, ms of the monotonic clock. */
  #historyAt = Number.NEGATIVE_INFINITY;

  static async load(database: StateDatabase): Promise<Horizon> {
    return new Horizon((await horizonIn(database)) ?? Number.NEGATIVE_INFINITY);
  }

  private constructor(time: number) {
    this.#time = this.#stored = time;
  }

  /** No task asks for what only decisions before it would need, ms. What is read from before it brings it back. */
  get time(): number {
    return this.#time;
  }

  /** A record of a fold was read for the first time. */
  passed(time: number, { now, at }: Arrival): void {
    if (time < now - streamsLimits.historyMs) this.#historyAt = at;
    if (time < this.#time) this.#time = time;
  }

  /** Whether what only questions before `time` would need can be forgotten: not while history is coming in that no task has been asked about yet. */
  mayForget(time: number, { now, at }: Arrival): boolean {
    const isBehind = time < now - streamsLimits.historyMs;
    return isBehind || at - this.#historyAt >= streamsLimits.historyQuietMs;
  }

  forgot(time: number): void {
    this.#time = time;
  }

  takeChanges(): readonly Change[] {
    if (this.#time === this.#stored) return [];
    this.#stored = this.#time;
    return [horizonChange(this.#time)];
  }
}
