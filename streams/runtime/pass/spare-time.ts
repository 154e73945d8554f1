/** What was longer ago says little of now, ms. */
const RECENT_MS = 1_000;
/** An application that has more to do than it can spends about a quarter of its time on reading. */
const BUSY_SHARE = 0.6;
/** Part of the time that work which may be late has, however busy the other application is. */
const LEAST_SHARE = 1 / 100;

/** How busy an application has been of late. */
export class Load {
  #worked = 0;
  #waited = 0;

  /** @param worked, waited ms since the last call: in a pass, and for records before it */
  add(worked: number, waited: number): void {
    const kept = Math.exp(-(worked + waited) / RECENT_MS);
    this.#worked = this.#worked * kept + worked;
    this.#waited = this.#waited * kept + waited;
  }

  get isBusy(): boolean {
    return this.#worked > BUSY_SHARE * (this.#worked + this.#waited);
  }
}

/** Tells work that may be late when to rest: while another application of the process is busy, it has a hundredth of the time. */
export class SpareTime {
  readonly #other: { readonly isBusy: boolean };
  /** On the monotonic clock, ms. */
  #until = 0;
  #turns = 0;

  constructor(other: { readonly isBusy: boolean }) {
    this.#other = other;
  }

  /** @param at ms of the monotonic clock */
  rests(at: number): boolean {
    return at < this.#until && this.#other.isBusy;
  }

  /** Beside a busy application a turn is one task's, so that it is short: a decision may wait for its end. */
  turn<Work>(able: readonly Work[]): readonly Work[] {
    if (!this.#other.isBusy || able.length === 0) return able;
    return [able[this.#turns++ % able.length]!];
  }

  /** A turn is over; what others did meanwhile counts as if it were its own. @param from, until ms of the monotonic clock */
  worked(from: number, until: number): void {
    this.#until = until + (until - from) * (1 / LEAST_SHARE - 1);
  }
}
