import type { Fetch } from "../backbone/backbone.ts";
import { insist, type InsistOptions } from "../insist.ts";
import type { Change, StateDatabase } from "../state/engine.ts";
import type { FeedPositions } from "./feed-positions.ts";
import type { PartedFold } from "./fold-parts.ts";
import type { GlobalContent } from "./global-content.ts";
import type { Horizon } from "./horizon.ts";

export interface FeedWritesOptions {
  readonly database: StateDatabase;
  readonly content: Pick<GlobalContent, "folds">;
  readonly folds: readonly Pick<PartedFold, "ledger">[];
  readonly positions: Pick<FeedPositions, "changes">;
  readonly horizon: Pick<Horizon, "takeChanges">;
  /** Reports unreadable records before they are passed over for good. Tried again while it rejects with an outage. */
  readonly onRead?: (() => Promise<void>) | undefined;
  readonly insisting: InsistOptions;
  /** Called when changes are stored. */
  readonly onWritten?: (() => void) | undefined;
}

/** Work that changes folds, one piece after the other. The changes of a piece are stored as one. */
export class FeedWrites {
  readonly #options: FeedWritesOptions;
  #working: Promise<unknown> = Promise.resolve();

  constructor(options: FeedWritesOptions) {
    this.#options = options;
  }

  /** @param fetches the work has read: the positions behind them are stored with its changes. */
  store(work: () => void | Promise<void>, fetches: readonly Fetch[] = []): Promise<void> {
    const done = this.#working.then(() => this.#store(work, fetches));
    this.#working = done.catch(() => undefined);
    return done;
  }

  async #store(work: () => void | Promise<void>, fetches: readonly Fetch[]): Promise<void> {
    const { database, content, folds, positions, horizon, onRead, insisting, onWritten } = this.#options;
    const working = work();
    if (working !== undefined) await working;
    const all = [...content.folds.values()];
    for (const bytes of all) bytes.bound();
    const changes: Change[] = all.flatMap((bytes) => bytes.takeChanges());
    for (const { ledger } of folds) changes.push(...ledger.takeChanges());
    changes.push(...positions.changes(fetches), ...horizon.takeChanges());
    await insist(() => onRead?.(), insisting);
    if (insisting.isClosing()) return;
    if (changes.length > 0) await database.write(changes);
    for (const bytes of all) await bytes.written();
    onWritten?.();
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await this.#working;
  }
}
