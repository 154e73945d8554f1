import { streamsLimits } from "./limits.ts";
import { silent, type Log } from "./log.ts";

interface Doubt {
  /** Of the monotonic clock, ms. */
  readonly since: number;
  readonly offset: number;
}

/**
 * A clock that is set now and then, and goes on by the monotonic clock. A jump by more than `clockJumpMs` is believed
 * once it has lasted for `clockDoubtMs`: a clock that is wrong for a moment changes nothing. All times in ms.
 */
export class SteadyClock {
  readonly #of: string;
  readonly #log: Log;
  /** The time, less the monotonic clock. */
  #offset: number | undefined;
  #doubt: Doubt | undefined;

  /** @param of the owner of the clock, for the log. */
  constructor(of: string, log: Log = silent) {
    this.#of = of;
    this.#log = log;
  }

  /** @param reading may be late, never early. */
  observe(reading: number, monotonic: number): void {
    const offset = reading - monotonic;
    const jump = this.#offset === undefined ? 0 : offset - this.#offset;
    if (Math.abs(jump) <= streamsLimits.clockJumpMs) {
      this.#doubt = undefined;
      this.#offset = this.#offset === undefined || jump > 0 ? offset : this.#offset + jump / 8;
      return;
    }
    const fields = { clock: this.#of, aheadMs: Math.round(jump) };
    if (this.#doubt === undefined || Math.abs(offset - this.#doubt.offset) > streamsLimits.clockJumpMs) {
      this.#doubt = { since: monotonic, offset };
      this.#log.warn(fields, "a clock has jumped: it is not believed before the jump has lasted");
    } else if (monotonic - this.#doubt.since >= streamsLimits.clockDoubtMs) {
      this.#doubt = undefined;
      this.#offset = offset;
      this.#log.warn(fields, "the clock's jump has lasted: it is believed");
    }
  }

  /** The time; `undefined` before the first reading. */
  at(monotonic: number): number | undefined {
    return this.#offset === undefined ? undefined : Math.floor(monotonic + this.#offset);
  }

  /** The time if the reading that is in doubt is right; `undefined` while none is. */
  doubted(monotonic: number): number | undefined {
    return this.#doubt === undefined ? undefined : Math.floor(monotonic + this.#doubt.offset);
  }
}

/** The wall clock without its short jumps, ms. */
export function steadyWallClock(
  log?: Log,
  wall: () => number = () => Date.now(),
  monotonic: () => number = () => performance.now(),
): () => number {
  const steady = new SteadyClock("of this machine", log);
  return () => {
    const at = monotonic();
    steady.observe(wall(), at);
    return steady.at(at)!;
  };
}
