import type { Fetch } from "../backbone/backbone.ts";
import { isEventTime } from "../backbone/event-time.ts";
import { streamsLimits } from "../limits.ts";
import type { Log } from "../log.ts";
import { SteadyClock } from "../steady-clock.ts";
import { unbounded, type Arrival } from "../task/arrival.ts";

export interface Clocks {
  /** The wall clock and the monotonic one, ms. */
  readonly wall: () => number;
  readonly monotonic: () => number;
}

export const systemClocks: Clocks = { wall: () => Date.now(), monotonic: () => performance.now() };

/**
 * The time for arriving records. The log stamps every tick of the clock topic on arrival, and the monotonic clock goes
 * on from there. So a process with a wrong clock does not move event time. A record is refused only if it is ahead of
 * both clocks, since a refusal can't be taken back. Before the first tick the process's own clock counts.
 */
export class ArrivalClock {
  readonly #clocks: Clocks;
  readonly #log: Log;
  #differ = false;
  readonly #wall: SteadyClock;
  readonly #ofLog: SteadyClock;
  /** Stamps of ticks before this offset may be a producer's. */
  #freshFrom = Number.POSITIVE_INFINITY;
  /** The newest stamp from before. */
  #former = Number.NEGATIVE_INFINITY;

  constructor(log: Log, clocks: Clocks = systemClocks) {
    this.#clocks = clocks;
    this.#log = log;
    this.#wall = new SteadyClock("of this machine", log);
    this.#ofLog = new SteadyClock("of the log", log);
  }

  /** The clock topic is read anew. The log itself stamps the records from this offset on. */
  open(freshFrom: number): void {
    this.#freshFrom = freshFrom;
  }

  heard(ticks: readonly Fetch[]): void {
    for (const { records } of ticks) {
      const { offset, timestamp } = records.at(-1)!;
      if (!isEventTime(timestamp)) continue;
      if (offset < this.#freshFrom) {
        this.#former = timestamp;
        continue;
      }
      const at = this.#clocks.monotonic();
      this.#ofLog.observe(timestamp, at);
      this.#compare(this.#ofLog.at(at)!);
    }
  }

  #compare(said: number): void {
    const aheadMs = this.#clocks.wall() - said;
    const differ = Math.abs(aheadMs) > streamsLimits.clockJumpMs;
    if (differ === this.#differ) return;
    this.#differ = differ;
    const fields = { aheadMs };
    if (differ) this.#log.warn(fields, "this machine's clock is not the log's: event time goes by the log's");
    else this.#log.info(fields, "this machine's clock is the log's again");
  }

  /** The log's time alone, whatever this process's clock says; `undefined` before the first tick. */
  said(): Arrival | undefined {
    const at = this.#clocks.monotonic();
    const now = this.#ofLog.at(at);
    return now === undefined ? undefined : { now, latest: Math.max(now, this.#ofLog.doubted(at) ?? now), at };
  }

  read(): Arrival {
    const wall = this.#clocks.wall();
    const said = this.said();
    if (said !== undefined) return { ...said, latest: Math.max(said.latest, wall) };
    const at = this.#clocks.monotonic();
    this.#wall.observe(wall, at);
    const now = this.#wall.at(at)!;
    return { now, latest: Math.max(now, wall, this.#former), at };
  }
}

/**
 * An application's time of arrival. History arrives at no time, and a given clock (`now`, ms) comes before the log's.
 */
export function arrivalOf(
  { history, now }: { readonly history?: boolean | undefined; readonly now?: (() => number) | undefined },
  clock: ArrivalClock,
): () => Arrival {
  if (history === true) return () => unbounded;
  if (now === undefined) return () => clock.read();
  return () => {
    const at = now();
    return { now: at, latest: at, at };
  };
}
