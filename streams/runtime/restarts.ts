import { StreamsError } from "../errors.ts";
import type { CodedError } from "../coded-error.ts";

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 5_000;

/**
 * Counts restarts of the application without progress: the pauses grow, and after some time it gives up if nothing else
 * explains it.
 */
export class Restarts {
  readonly #patienceMs: number;
  readonly #isReachable: () => Promise<boolean>;
  /** Time of the first restart since the last commit; ms of the monotonic clock. */
  #stuckSince: number | undefined;
  #retryMs = FIRST_RETRY_MS;
  #joinedAt = 0;

  constructor(patienceMs: number, isReachable: () => Promise<boolean>) {
    this.#patienceMs = patienceMs;
    this.#isReachable = isReachable;
  }

  /** Something was committed. */
  worked(): void {
    this.#stuckSince = undefined;
    this.#retryMs = FIRST_RETRY_MS;
  }

  /** Joining failed: brokers are away, and the records are not the cause. */
  away(): void {
    this.#stuckSince = undefined;
  }

  joined(): void {
    this.#joinedAt = performance.now();
  }

  /** Nothing has failed for a while. */
  get calm(): boolean {
    return performance.now() - this.#joinedAt > LONGEST_RETRY_MS;
  }

  /** The next pause, ms. */
  pause(): number {
    const now = this.#retryMs;
    this.#retryMs = Math.min(now * 2, LONGEST_RETRY_MS);
    return now;
  }

  /**
   * Restarts for ever at the same records are a fault, if everything that they need answers.
   * @param at positions of the tasks that had uncommitted work.
   */
  async stuck(cause: CodedError, at: readonly string[]): Promise<StreamsError | undefined> {
    if (at.length === 0) return undefined;
    const now = performance.now();
    this.#stuckSince ??= now;
    if (now - this.#stuckSince <= this.#patienceMs || !(await this.#isReachable())) return undefined;
    const minutes = Math.round((now - this.#stuckSince) / 60_000);
    const message =
      `nothing behind ${at.slice(0, 5).join(", ")} could be committed for ${minutes} minutes, though brokers and registry answer: ` +
      `${cause.message}. Look at the records there, mend or remove the bad ones, and start again`;
    return new StreamsError("NO_PROGRESS", message, cause);
  }
}
