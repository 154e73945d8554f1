import type { Metrics } from "../metrics/metrics.ts";
import type { Arrival } from "../task/arrival.ts";
import type { DiskSweep } from "./disk-sweep.ts";
import type { FeedPositions } from "./feed-positions.ts";
import type { PartedFold } from "./fold-parts.ts";
import type { GlobalContent } from "./global-content.ts";
import type { Horizon } from "./horizon.ts";

export interface ForgettingOptions {
  readonly content: GlobalContent;
  readonly horizon: Horizon;
  readonly folds: readonly PartedFold[];
  readonly positions: Pick<FeedPositions, "readOf">;
  readonly arrival: () => Arrival;
  /** Called when a question needs forgotten content: call `recall` then. */
  readonly onAsked: () => void;
  readonly sweep: Pick<DiskSweep, "start" | "deleteSome">;
  readonly metrics?: Pick<Metrics, "recalledParts"> | undefined;
}

/** Forgets old content of folds, and reads it again when a question needs it after all. */
export class Forgetting {
  readonly #options: ForgettingOptions;
  /** Times of the oldest questions, ms, by the part that has forgotten what they ask for. */
  readonly #asked = new Map<PartedFold, Map<string, number>>();

  constructor(options: ForgettingOptions) {
    this.#options = options;
  }

  /** From now on the fold's answer to a question tells whether it remembers. */
  watch(parted: PartedFold): void {
    parted.bytes.remembersFrom = parted.ledger.wholeFrom;
    parted.bytes.onQuestion = (part, time) => this.#remembers(parted, part, time);
  }

  #remembers(parted: PartedFold, part: string, time: number): boolean {
    const { horizon, arrival, onAsked } = this.#options;
    horizon.asked(time, arrival());
    if (parted.ledger.isWholeAt(part, time)) return true;
    const isFirst = this.#asked.size === 0;
    const asked = this.#asked.get(parted) ?? new Map<string, number>();
    this.#asked.set(parted, asked.set(part, Math.min(time, asked.get(part) ?? time)));
    if (isFirst) onAsked();
    return false;
  }

  /**
   * Forgets content that no task past `time`, ms, will need.
   * @returns false: nothing, for now.
   */
  evict(time: number): boolean {
    const { content, horizon, folds, arrival, sweep } = this.#options;
    const { lateMs } = content;
    const now = arrival();
    // If history is shown again in its order, nothing older comes.
    if (now.now !== Number.POSITIVE_INFINITY) {
      for (const { bytes } of folds) bytes.remembersFrom = Math.max(bytes.remembersFrom, time - lateMs);
    }
    const recalled = Math.min(...folds.map(({ ledger }) => ledger.recalledFrom));
    const until = horizon.allowed(time, { lateMs, asked: recalled }, now);
    if (until === undefined) return false;
    for (const fold of content.allFolds) {
      const parts = content.evict(fold, until);
      folds.find((each) => each.fold === fold)?.ledger.forgot(parts, until);
    }
    horizon.forgot(until);
    sweep.start(until);
    return true;
  }

  /**
   * Call it when folds may be changed. A part with a question about forgotten content loses the rest of that content,
   * so that nothing counts twice. Its ledger then asks for a reading twice as far back as the question: a feed of ever
   * older questions causes few readings, and not one each.
   */
  async recall(): Promise<void> {
    const { content, positions, metrics, sweep } = this.#options;
    const all = [...this.#asked];
    this.#asked.clear();
    for (const [parted, asked] of all) {
      const { fold, ledger, bytes } = parted;
      // Parts that are being filled are asked again once they are full.
      const lacking = [...asked].filter(([part, time]) => !ledger.isFilling(part) && !ledger.isWholeAt(part, time));
      for (const [until, some] of Map.groupBy(lacking, ([part]) => ledger.spanOf(part).since)) {
        const parts = new Set(some.map(([part]) => part));
        const oldest = Math.min(...some.map(([, time]) => time));
        content.evict(fold, until, parts);
        for (const part of parts) while (!(await sweep.deleteSome(parted, part, until)));
        const gaps = positions.readOf(fold.topic.name);
        const since = oldest - (bytes.remembersFrom - oldest);
        for (const part of parts) ledger.recall(part, gaps, since);
        metrics?.recalledParts.inc(parts.size);
      }
    }
  }
}
