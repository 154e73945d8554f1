import type { Log } from "../../log.ts";
import { reasonOf } from "../../outage.ts";

/**
 * Transactional ids of one process. It comes back under the same ones, so that what it left open is ended at once.
 *
 * One whose transaction the broker never ends is replaced by another: a broker that is started again after a crash may lose sight of a transaction
 * (Kafka 4.1.1: "Unexpected error … while sending txn marker" in its log). That is as safe as a process whose folder was lost: the group fences
 * former members, and gives no offsets that an open transaction may change.
 */
export class TransactionalIds {
  readonly #base: string;
  readonly #log: Log;
  /** By turn, how many were given up. */
  readonly #held: number[] = [];

  constructor(base: string, log: Log) {
    this.#base = base;
    this.#log = log;
  }

  of(turn: number): string {
    const held = this.#held[turn] ?? 0;
    return held === 0 ? `${this.#base}-${turn}` : `${this.#base}-${turn}-${held}`;
  }

  /** The broker does not end the transaction of this turn's id. */
  giveUp(turn: number, error: unknown): void {
    const former = this.of(turn);
    this.#held[turn] = (this.#held[turn] ?? 0) + 1;
    this.#log.warn(
      { former, next: this.of(turn), error: reasonOf(error) },
      `the broker does not end the transaction of ${former}: another id is used. If records are not read behind it, restart that broker`,
    );
  }
}
