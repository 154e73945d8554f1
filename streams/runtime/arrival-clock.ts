import type { Fetch } from "../backbone/backbone.ts";
import { isEventTime } from "../backbone/event-time.ts";
import type { Log } from "../log.ts";
import { SteadyClock } from "../steady-clock.ts";
import type { Arrival } from "../task/arrival.ts";

export interface Clocks {
  /** The wall clock and the monotonic one, ms. */
  readonly wall: () => number;
  readonly monotonic: () => number;
}

const system: Clocks = { wall: Date.now, monotonic: () => performance.now() };

/**
 * What time it is for the records that arrive. The log says: it stamps every tick of the clock topic on arrival, and the monotonic clock goes on from
 * there. So a process whose own clock is wrong neither moves event time nor refuses what is right. Until a tick has come the process's own
 * clock has to do.
 */
export class ArrivalClock {
  readonly #clocks: Clocks;
  readonly #wall: SteadyClock;
  readonly #ofLog: SteadyClock;
  /** Stamps of ticks before this offset may be a producer's. */
  #freshFrom = Number.POSITIVE_INFINITY;
  /** The newest stamp from before. */
  #former = Number.NEGATIVE_INFINITY;

  constructor(log: Log, clocks: Clocks = system) {
    this.#clocks = clocks;
    this.#wall = new SteadyClock("of this machine", log);
    this.#ofLog = new SteadyClock("of the log", log);
  }

  /** The clock topic is read anew; what is stamped from this offset on is stamped by the log. */
  open(freshFrom: number): void {
    this.#freshFrom = freshFrom;
  }

  heard(ticks: readonly Fetch[]): void {
    for (const { records } of ticks) {
      const { offset, timestamp } = records.at(-1)!;
      if (!isEventTime(timestamp)) continue;
      if (offset >= this.#freshFrom) this.#ofLog.observe(timestamp, this.#clocks.monotonic());
      else this.#former = timestamp;
    }
  }

  read(): Arrival {
    const at = this.#clocks.monotonic();
    const said = this.#ofLog.at(at);
    if (said !== undefined) return { now: said, latest: Math.max(said, this.#ofLog.doubted(at) ?? said), at };
    this.#wall.observe(this.#clocks.wall(), at);
    const now = this.#wall.at(at)!;
    return { now, latest: Math.max(now, this.#wall.doubted(at) ?? now, this.#former), at };
  }
}
