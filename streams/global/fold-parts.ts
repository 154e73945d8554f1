import type { StateDatabase } from "../state/engine.ts";
import type { FeedPositions } from "./feed-positions.ts";
import { FoldBytes, type FoldBytesOptions } from "./fold-bytes.ts";
import type { GlobalContent } from "./global-content.ts";
import type { GlobalFold } from "../global-source.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Horizon } from "./horizon.ts";
import { PartLedger } from "./part-ledger.ts";

/** A fold with parts, and its account of them. */
export interface PartedFold {
  readonly fold: GlobalFold<unknown>;
  readonly bytes: FoldBytes;
  readonly ledger: PartLedger;
}

export interface FoldPartsOptions extends FoldBytesOptions {
  readonly content: GlobalContent;
  /** Of the feed. */
  readonly positions: Pick<FeedPositions, "readOf">;
  readonly horizon: Pick<Horizon, "time">;
  readonly onLoaded: (parted: PartedFold) => void;
  /** Called with a part that is not to be filled any more. */
  readonly onForgotten: (part: string) => void;
}

/** The parts of folds, as the tables ask for them. */
export class FoldParts {
  readonly folds: PartedFold[] = [];
  readonly #options: FoldPartsOptions;
  /** Versions of the tables that the parts are settled by; `undefined`: they are not whole yet. */
  #tableVersions: string | undefined;

  constructor(options: FoldPartsOptions) {
    this.#options = options;
  }

  /**
   * @param moved partitions that are other ones now, or without their start: the records that were to be read from them
   * are gone.
   */
  async load(fold: GlobalFold<unknown>, database: StateDatabase, moved: readonly string[]): Promise<void> {
    const bytes = await FoldBytes.load(fold, database, this.#options);
    this.#options.content.folds.set(fold.name, bytes);
    if (fold.parts === undefined) return;
    const ledger = await PartLedger.load(fold.name, database);
    for (const partition of moved) ledger.close(partition);
    for (const { parts, again } of ledger.fillings()) {
      if (again === undefined) for (const part of parts) bytes.warming.add(part);
    }
    bytes.holds = (part) => ledger.has(part);
    const parted = { fold, bytes, ledger };
    this.folds.push(parted);
    this.#options.onLoaded(parted);
  }

  /** Shows what the parts take. */
  show(metrics: Pick<Metrics, "partBytes"> | undefined): void {
    if (metrics === undefined) return;
    const sum = (of: (bytes: FoldBytes) => number): number => this.folds.reduce((all, { bytes }) => all + of(bytes), 0);
    metrics.partBytes.set(
      { place: "memory" },
      sum(({ sizes }) => sizes.memoryBytes),
    );
    metrics.partBytes.set(
      { place: "disk" },
      sum(({ sizes }) => sizes.diskBytes),
    );
  }

  /** A part is not filled that must be before a task starts. */
  get lacksNeeded(): boolean {
    const { content } = this.#options;
    return this.folds.some(({ fold, bytes }) =>
      fold.parts!.needed((table) => content.view(table)).some((part) => bytes.warming.has(part)),
    );
  }

  /** Settles again if the tables have changed since. */
  settleAgain(): void {
    if (this.#tableVersions !== undefined) this.settle();
  }

  /**
   * Adds the parts that the tables ask for by now, and forgets those they do not. The fold counts records from here on
   * in every part. A new part lacks the records that were read before.
   */
  settle(): void {
    const { content } = this.#options;
    const versions = [content.tableVersions, ...this.folds.map(({ fold }) => fold.parts?.version?.() ?? 0)].join();
    if (versions === this.#tableVersions) return;
    const first = this.#tableVersions === undefined;
    this.#tableVersions = versions;
    for (const parted of this.folds) {
      const { fold, ledger } = parted;
      const asked = new Set(fold.parts!.asked((table) => content.view(table)));
      this.#forget(
        parted,
        ledger.parts.filter(
          (part) => !asked.has(part) && fold.parts?.keeps?.(part, (table) => content.view(table)) !== true,
        ),
        first,
      );
      this.#add(
        parted,
        [...asked].filter((part) => !ledger.has(part)),
      );
      for (const part of fold.parts!.disk?.wanted((table) => content.view(table)) ?? []) {
        if (asked.has(part)) parted.bytes.moveToDisk(part);
      }
    }
  }

  /** @param first also what was kept by a release whose ledger says too little, or that kept none. */
  #forget({ fold, bytes, ledger }: PartedFold, parts: readonly string[], first: boolean): void {
    for (const part of parts) {
      ledger.forget(part);
      bytes.warming.delete(part);
      this.#options.onForgotten(part);
    }
    if (!first && parts.length === 0) return;
    for (const part of [...bytes.onDisk]) if (!ledger.has(part)) bytes.forget(part);
    for (const key of bytes.keys()) if (!ledger.has(fold.parts!.partOf(key))) bytes.delete(key);
  }

  #add({ fold, bytes, ledger }: PartedFold, parts: readonly string[]): void {
    if (parts.length === 0) return;
    const gaps = this.#options.positions.readOf(fold.topic.name);
    for (const part of parts) {
      ledger.add(part, gaps, this.#options.horizon.time);
      if (Object.keys(gaps).length > 0) bytes.warming.add(part);
    }
    bytes.remembersFrom = Math.max(bytes.remembersFrom, ledger.wholeFrom);
  }
}
