import { setImmediate as eventLoop } from "node:timers/promises";
import type { Pause } from "../pause.ts";
import type { PartedFold } from "./fold-parts.ts";
import type { GlobalContent } from "./global-content.ts";

export interface DiskSweepOptions {
  readonly content: Pick<GlobalContent, "overOf">;
  readonly folds: readonly PartedFold[];
  /** Does the work while no other work of the feed is under way, and stores its changes as one. */
  readonly store: (work: () => Promise<void>) => Promise<void>;
  readonly pause: Pause;
  readonly onFailure: (error: unknown) => void;
}

/** Deletes old content of the parts on disk, in small steps beside the feed, with a rest as long as each step. */
export class DiskSweep {
  readonly #options: DiskSweepOptions;
  #closing = false;
  #until: number | undefined;
  #running: Promise<void> | undefined;

  constructor(options: DiskSweepOptions) {
    this.#options = options;
  }

  /** Deletes what only questions before `until` need, ms. */
  start(until: number): void {
    if (!this.#options.folds.some(({ bytes }) => bytes.onDisk.size > 0)) return;
    this.#until = until;
    this.#running ??= this.#run()
      .catch((error: unknown) => this.#options.onFailure(error))
      .finally(() => (this.#running = undefined));
  }

  async #run(): Promise<void> {
    for (let until = this.#until; until !== undefined; until = this.#until) {
      this.#until = undefined;
      for (const parted of this.#options.folds) {
        for (const part of [...parted.bytes.onDisk]) await this.#sweep(parted, part, until);
      }
    }
  }

  async #sweep(parted: PartedFold, part: string, until: number): Promise<void> {
    const { store, pause } = this.#options;
    for (let areAll = false; !areAll && !this.#closing;) {
      const started = performance.now();
      await store(async () => {
        areAll = await this.deleteSome(parted, part, until);
      });
      await eventLoop();
      if (!areAll) await pause.wait(performance.now() - started);
    }
  }

  /**
   * Call it within `store`.
   * @returns whether nothing old is left.
   */
  async deleteSome({ fold, bytes, ledger }: PartedFold, part: string, until: number): Promise<boolean> {
    // What is being read again was asked for since: the next sweep looks at it.
    if (!bytes.onDisk.has(part) || ledger.spanOf(part).until !== Number.POSITIVE_INFINITY) return true;
    const { keys, areAll } = await bytes.oldestOnDisk(part, this.#options.content.overOf(fold, until));
    if (keys.length > 0) ledger.lost(part, until);
    for (const key of keys) bytes.delete(key);
    return areAll;
  }

  /** Ends after the step under way. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#running;
  }
}
