import type { StateDatabase } from "./engine.ts";
import { SortedKeys } from "./sorted-keys.ts";
import { endOf, keyFrom, timeOf, timerOf, type OperatorTimer } from "./timer-keys.ts";

/** One look into the database brings at least so many timers, if there are so many. */
const TIMERS_AHEAD = 1_024;
/** Of prepared timers the later ones are forgotten once there are so many. */
const MOST_DUE = 4 * TIMERS_AHEAD;

/** Written changes that are not in the database yet; `null` for a timer that is gone. */
export type Written = Iterable<readonly [key: string, value: Uint8Array | null]>;

/** The keys of one line's next timers. Later ones are only among the written changes and in the database. */
export class TimerQueue {
  readonly #line: string;
  readonly #database: StateDatabase;
  #due = new SortedKeys();
  /** Larger if so many timers are of one moment that none of them can be forgotten. */
  #mostDue = MOST_DUE;
  #horizon: number;
  /** The time that `prepare` was last asked for. */
  #asked = Number.NEGATIVE_INFINITY;

  /**
   * @param line the name of the timeline; empty: timers without one. @param known the database has no timer of this
   * line.
   */
  constructor(line: string, database: StateDatabase, known: boolean) {
    this.#line = line;
    this.#database = database;
    this.#horizon = known ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }

  /** There is no timer at all. */
  get isEmpty(): boolean {
    return this.#horizon === Number.POSITIVE_INFINITY && this.#due.length === 0;
  }

  /** All timers up to this time are prepared. */
  get horizon(): number {
    return this.#horizon;
  }

  add(key: string, time: number): void {
    if (Math.floor(time) > this.#horizon) return;
    this.#due.add(key);
    this.#forgetLate();
  }

  delete(key: string): void {
    this.#due.delete(key);
  }

  /**
   * Makes the timers up to `time` known, and some later ones: each look into the database costs an iterator.
   * @param written the older first; called again after the database has answered.
   */
  async prepare(time: number, frozen: Written, buffer: () => Written): Promise<void> {
    if (time <= this.#horizon) return;
    this.#asked = time;
    const from = keyFrom(this.#line, this.#horizon === Number.NEGATIVE_INFINITY ? 0 : this.#horizon + 1);
    const { stored, horizon } = await this.#stored(from, time);
    const to = horizon === Number.POSITIVE_INFINITY ? endOf(this.#line) : keyFrom(this.#line, horizon + 1);
    const keys = new Set(stored.filter((key) => key < to));
    for (const written of [frozen, buffer()]) {
      for (const [key, value] of written) {
        if (key < from || key >= to) continue;
        if (value === null) keys.delete(key);
        else keys.add(key);
      }
    }
    for (const key of [...keys].sort()) this.#due.add(key);
    this.#horizon = horizon;
    this.#mostDue = MOST_DUE;
    this.#forgetLate();
  }

  /** The first timers in the database, all up to `time` and some more; `horizon`: none up to it is missing. */
  async #stored(from: string, time: number): Promise<{ readonly stored: string[]; readonly horizon: number }> {
    for (let limit = TIMERS_AHEAD; ; limit *= 4) {
      const stored = (await this.#database.range(from, endOf(this.#line), limit)).map(([key]) => key);
      if (stored.length < limit) return { stored, horizon: Number.POSITIVE_INFINITY };
      // There may be more of the last one's time.
      const horizon = timeOf(stored.at(-1)!) - 1;
      if (horizon >= time) return { stored, horizon };
    }
  }

  /** If many are prepared, the later ones stay in the buffer and the database alone. */
  #forgetLate(): void {
    if (this.#due.length <= this.#mostDue) return;
    for (let at = TIMERS_AHEAD; at < this.#due.length; at++) {
      const time = timeOf(this.#due.at(at)!);
      if (time <= this.#asked || time === timeOf(this.#due.at(at - 1)!)) continue;
      this.#due.truncate(at);
      this.#horizon = time - 1;
      this.#mostDue = MOST_DUE;
      return;
    }
    this.#mostDue = 2 * this.#due.length;
  }

  /** The earliest prepared timer. */
  next(): OperatorTimer | undefined {
    const first = this.#due.at(0);
    return first === undefined ? undefined : timerOf(first);
  }

  /** When the earliest prepared timer is due; infinite without one. */
  nextTime(): number {
    const first = this.#due.at(0);
    return first === undefined ? Number.POSITIVE_INFINITY : timeOf(first);
  }

  /** Takes the keys of the prepared timers up to `time`, in order of time, operator and key. */
  take(time: number): readonly string[] {
    return this.#due.takeBefore(keyFrom(this.#line, time + 1));
  }

  /** The prepared timers may be wrong: they are read again. */
  reset(): void {
    this.#due = new SortedKeys();
    this.#horizon = Number.NEGATIVE_INFINITY;
  }
}
