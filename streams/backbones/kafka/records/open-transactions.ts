import type { Position } from "../../../backbone/backbone.ts";
import type { Outage, Outages } from "../../../outage.ts";
import type { FetchedPartition } from "../requests/fetch-request.ts";
import { nameOf } from "../topics/partition-ends.ts";
import { StreamsError } from "../../../errors.ts";

/** A transaction that is at work is over long before. */
const LONG_MS = 2_000;

interface Held {
  /** Milliseconds of the monotonic clock. */
  readonly since: number;
  readonly outage: Outage;
}

/**
 * Partitions that can't be read on because somebody left a transaction open there. The broker ends it in time, after the producer's
 * `transaction.timeout.ms`; until then nothing behind it can be seen, and this says so.
 */
export class OpenTransactions {
  readonly #outages: Outages;
  readonly #held = new Map<string, Held>();

  constructor(outages: Outages) {
    this.#outages = outages;
  }

  /** Takes the broker's answer for a partition that is read from this position on. */
  saw(position: Position, { batches, end, stable }: FetchedPartition): void {
    const isHeld = batches.length === 0 && end > stable && position.offset >= stable;
    if (!isHeld && this.#held.size === 0) return;
    const name = nameOf(position);
    const held = this.#held.get(name);
    if (!isHeld) {
      held?.outage.ended();
      this.#held.delete(name);
    } else if (held === undefined) {
      this.#held.set(name, { since: performance.now(), outage: this.#outages.of("open transaction") });
    } else if (performance.now() - held.since > LONG_MS) {
      const reason = `a producer left a transaction open at ${name}: the records behind it are read when it ends, or the broker ends it`;
      held.outage.failed(new StreamsError("TRANSACTION_OPEN", reason), { ...position, waiting: end - position.offset });
    }
  }

  /** The partition is not read any more. */
  forget(name: string): void {
    this.#held.get(name)?.outage.givenUp();
    this.#held.delete(name);
  }

  close(): void {
    for (const name of [...this.#held.keys()]) this.forget(name);
  }
}
