import type { Input } from "./input.ts";
import type { Timelines } from "./timelines.ts";

/**
 * Holds back a task's timers, and the ticks that would fire them, while records that belong to it are on their way from
 * other partitions. Its records are handled all the same: they are kept until their timer.
 */
export class TimerGate {
  readonly #lines: Timelines;
  readonly #ticks: Input | undefined;
  readonly #isHeld: () => boolean;
  /** The ticks that may be handled, and those that may be next, ms. */
  #limit = Number.NEGATIVE_INFINITY;
  #marked = Number.NEGATIVE_INFINITY;
  /** The task has something to do, even without records. */
  released = false;

  /** @param isHeld whether such records are on their way. */
  constructor(lines: Timelines, ticks: Input | undefined, isHeld: (() => boolean) | undefined) {
    this.#lines = lines;
    this.#ticks = ticks;
    this.#isHeld = isHeld ?? (() => false);
  }

  get held(): boolean {
    return this.#isHeld();
  }

  /** Time has come further than timers may fire. */
  get waiting(): boolean {
    return this.held && this.#lines.areHeld;
  }

  /** Timers may have been released, since the last call. */
  takeReleased(): boolean {
    const released = this.released;
    this.released = false;
    return released;
  }

  /** Everything that has come up to now is to be released next. */
  mark(): void {
    this.#lines.mark();
    this.#marked = this.#ticks?.lastTime ?? Number.NEGATIVE_INFINITY;
  }

  /** Timers up to the mark may fire. */
  release(): void {
    this.#lines.release();
    this.released = true;
    this.#limit = this.#marked;
  }

  /** Of these inputs those that may be handled while timers are held back. */
  passing(inputs: readonly Input[]): readonly Input[] {
    const tick = this.#ticks?.head;
    return tick === undefined || tick.moves <= this.#limit ? inputs : inputs.filter((input) => input !== this.#ticks);
  }
}
