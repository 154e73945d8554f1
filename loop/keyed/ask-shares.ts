import { setTimeout as delay } from "node:timers/promises";
import type { WindowShares, WindowValues } from "../../operators/index.ts";
import { events, type WindowLookup, type WindowsAnswered, type WindowsAsked } from "../../schemas/index.ts";
import { hasCode, type Application, type Metrics, type Requester } from "../../streams/index.ts";

export interface AskOptions {
  readonly shares: WindowShares;
  readonly requester: Requester<WindowsAsked, WindowsAnswered>;
  readonly application: Pick<Application, "globalsProgress">;
  /** Longest wait for an answer that somebody waits for, ms. */
  readonly budgetMs: number;
  readonly metrics: Pick<Metrics, "windowLookups">;
  readonly signal: AbortSignal;
}

/** Of one record. */
const MOST_LOOKUPS = 1_000;
/** An instance that has not answered is not waited for during this time, ms: its partitions move meanwhile. */
const SILENT_MS = 1_000;
const HISTORY_TIMEOUT_MS = 5_000;
const ASK_AGAIN_MS = 50;

type Answer = WindowValues | undefined;

/** Asks the instances that have the keys, all of them at once. */
export class ShareAsker {
  readonly #options: AskOptions;
  /** By share, on the monotonic clock, ms. */
  readonly #silentUntil = new Map<number, number>();

  constructor(options: AskOptions) {
    this.#options = options;
  }

  /** @param isHistory it asks until all are known. Otherwise an answer that is not there within the budget is `undefined`. */
  async ask(lookups: readonly WindowLookup[], isHistory: boolean): Promise<readonly Answer[]> {
    const { shares, metrics } = this.#options;
    const found: Answer[] = new Array<Answer>(lookups.length);
    const places = Map.groupBy(lookups.keys(), (at) => shares.shareOf(lookups[at]!.key));
    const asking = [...places].flatMap(([share, all]) =>
      chunks(all).map(async (some) => {
        const answers = await this.#askShare(
          share,
          some.map((at) => lookups[at]!),
          isHistory,
        );
        for (const [at, place] of some.entries()) found[place] = answers[at];
      }),
    );
    await Promise.all(asking);
    const known = found.filter((values) => values !== undefined).length;
    metrics.windowLookups.inc({ outcome: "answered" }, known);
    metrics.windowLookups.inc({ outcome: "late" }, found.length - known);
    return found;
  }

  async #askShare(share: number, lookups: readonly WindowLookup[], isHistory: boolean): Promise<readonly Answer[]> {
    const { signal, budgetMs } = this.#options;
    const none: readonly Answer[] = lookups.map(() => undefined);
    if (!isHistory && (this.#silentUntil.get(share) ?? 0) > performance.now()) return none;
    for (;;) {
      signal.throwIfAborted();
      try {
        const { answers } = await this.#send(lookups, isHistory ? HISTORY_TIMEOUT_MS : budgetMs);
        this.#silentUntil.delete(share);
        if (!isHistory || answers.every(({ isKnown }) => isKnown))
          return answers.map(({ isKnown, values }) => (isKnown ? values : undefined));
      } catch (error) {
        if (!isHistory) {
          this.#silentUntil.set(share, performance.now() + SILENT_MS);
          if (hasCode(error, "TIMEOUT") || hasCode(error, "BACKBONE_UNAVAILABLE")) return none;
        }
        if (!hasCode(error, "TIMEOUT")) throw error;
      }
      await delay(ASK_AGAIN_MS, undefined, { signal });
    }
  }

  #send(lookups: readonly WindowLookup[], timeoutMs: number): Promise<WindowsAnswered> {
    const { requester } = this.#options;
    const time = Math.max(...lookups.map((lookup) => lookup.time));
    const value = { lookups: [...lookups], after: this.#read() };
    return requester.request({ key: lookups[0]!.key, value, time }, timeoutMs);
  }

  /** How far this instance has read the events. */
  #read(): number[] {
    const read: number[] = [];
    for (let partition = 0; ; partition++) {
      const next = this.#options.application.globalsProgress?.next(events.name, partition);
      if (next === undefined) return read;
      read.push(next);
    }
  }
}

function chunks(all: readonly number[]): readonly (readonly number[])[] {
  const some: number[][] = [];
  for (let from = 0; from < all.length; from += MOST_LOOKUPS) some.push(all.slice(from, from + MOST_LOOKUPS));
  return some;
}
