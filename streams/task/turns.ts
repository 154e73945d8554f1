import { setImmediate as eventLoop } from "node:timers/promises";

/** So long a task works before the event loop has its turn, ms: heartbeats, connections and commits go on beside it. */
const TURN_MS = 50;

/** When work that takes long gives way to the event loop. */
export class Turns {
  #until = 0;

  /** A turn begins. */
  begin(): void {
    this.#until = performance.now() + TURN_MS;
  }

  get over(): boolean {
    return performance.now() > this.#until;
  }

  async give(): Promise<void> {
    await eventLoop();
    this.begin();
  }
}

const MOST_RECORDS = 1_024;
/** A handler is given at most this many records at once until it was seen to be quick, or slow. */
export const FIRST_RECORDS = 64;

/** How many records a handler is given at once: it can't give way while it has them. */
export class RunLength {
  #most = FIRST_RECORDS;

  get most(): number {
    return this.#most;
  }

  /** So many records took so long, ms. */
  took(records: number, ms: number): void {
    if (ms > TURN_MS) this.#most = Math.max(1, Math.min(this.#most, Math.floor((records * TURN_MS) / (2 * ms))));
    else if (records >= this.#most) this.#most = Math.min(MOST_RECORDS, 2 * this.#most);
  }
}
