import type { Outage } from "../outage.ts";
import type { CodedError } from "../coded-error.ts";

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;

export interface HoldOptions {
  /** Hears of a record that is tried again because something it needs is away. */
  readonly outage?: Outage;
  /**
   * How long one record is tried again, ms. Then it becomes a dead letter, if brokers and registry answer. Default: as
   * long as it takes.
   */
  readonly recordPatienceMs?: number;
  /** Brokers and registry answer. */
  readonly isReachable?: () => Promise<boolean>;
}

/** The record at the head of a task that waits for something. Everything else of the process goes on. */
export class Hold {
  readonly #options: HoldOptions;
  #what = "";
  /** Milliseconds of the monotonic clock. */
  #since = 0;
  #again = 0;
  #waitMs = FIRST_WAIT_MS;
  #asking = false;
  #hopeless = false;

  constructor(options: HoldOptions) {
    this.#options = options;
  }

  /** The next attempt is not due yet. */
  get resting(): boolean {
    return this.#what !== "" && performance.now() < this.#again;
  }

  /** It was tried for as long as it may be, while brokers and registry answered. */
  isHopeless(what: string): boolean {
    return this.#hopeless && what === this.#what;
  }

  /** @param what names the record, or timer. */
  on(what: string, error: CodedError, fields: object): void {
    const now = performance.now();
    if (what !== this.#what)
      [this.#what, this.#since, this.#waitMs, this.#hopeless] = [what, now, FIRST_WAIT_MS, false];
    this.#again = now + this.#waitMs;
    this.#waitMs = Math.min(this.#waitMs * 2, LONGEST_WAIT_MS);
    this.#options.outage?.failed(error, fields);
    const { recordPatienceMs = Number.POSITIVE_INFINITY, isReachable } = this.#options;
    if (error.flags.ends) this.#since = now;
    else if (now - this.#since > recordPatienceMs && isReachable !== undefined) void this.#ask(isReachable);
  }

  /** As long as brokers or registry are away the record is not at fault. */
  async #ask(isReachable: () => Promise<boolean>): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const what = this.#what;
    const answer = await isReachable().catch(() => false);
    this.#asking = false;
    if (answer && what === this.#what) this.#hopeless = true;
  }

  /** The record has been handled, or is a dead letter. */
  off(): void {
    if (this.#what === "") return;
    this.#what = "";
    this.#hopeless = false;
    this.#options.outage?.ended();
  }

  /** The task is closed. */
  close(): void {
    this.#what = "";
    this.#options.outage?.givenUp();
  }
}
