import { setTimeout as delay } from "node:timers/promises";
import type { WindowShares, WindowValues } from "../../operators/index.ts";
import { events, type WindowLookup, type WindowsAnswered, type WindowsAsked } from "../../schemas/index.ts";
import {
  CodedError,
  hasCode,
  type Application,
  type Metrics,
  type Outage,
  type Requester,
} from "../../streams/index.ts";

export interface AskOptions {
  readonly shares: WindowShares;
  readonly requester: Requester<WindowsAsked, WindowsAnswered>;
  readonly application: Pick<Application, "globalsProgress">;
  /** Longest wait for an answer that somebody waits for, ms. */
  readonly budgetMs: number;
  readonly metrics: Pick<Metrics, "windowLookups">;
  readonly signal: AbortSignal;
  /** From an answer that did not come until all come. */
  readonly outage: Outage;
}

/** Of one record; keys are long at times. */
const MOST_LOOKUPS = 1_000;
const MOST_BYTES = 256 << 10;
/** A part that has not answered so often in a row has lost its instance: it is not asked for a second, ms. */
const SILENT_AFTER = 3;
const SILENT_MS = 1_000;
const HISTORY_TIMEOUT_MS = 5_000;
const ASK_AGAIN_MS = 50;

type Answer = WindowValues | undefined;

/** Asks the instances that have the keys, all of them at once. */
export class ShareAsker {
  readonly #options: AskOptions;
  /** By share: answers that did not come, in a row, and the time of the last one on the monotonic clock, ms. */
  readonly #silence = new Map<number, { readonly times: number; readonly since: number }>();

  constructor(options: AskOptions) {
    this.#options = options;
  }

  /** @param isHistory it asks until all are known. Otherwise an answer that is not there within the budget is `undefined`. */
  async ask(lookups: readonly WindowLookup[], isHistory: boolean): Promise<readonly Answer[]> {
    const { shares, metrics } = this.#options;
    // The group has not told yet who keeps what.
    if (!shares.areKnown) {
      metrics.windowLookups.inc({ outcome: "late" }, lookups.length);
      return lookups.map(() => undefined);
    }
    const found: Answer[] = new Array<Answer>(lookups.length);
    const places = Map.groupBy(lookups.keys(), (at) => shares.shareOf(lookups[at]!.key));
    const asking = [...places].flatMap(([share, all]) =>
      chunks(all, (at) => lookups[at]!.key.length).map(async (some) => {
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
    const { signal, budgetMs, outage } = this.#options;
    const none: readonly Answer[] = lookups.map(() => undefined);
    if (!isHistory && this.#isSilent(share)) return none;
    for (;;) {
      signal.throwIfAborted();
      try {
        const { answers } = await this.#send(share, lookups, isHistory ? HISTORY_TIMEOUT_MS : budgetMs);
        this.#silence.delete(share);
        if (this.#silence.size === 0) outage.ended();
        if (!isHistory || answers.every(({ isKnown }) => isKnown))
          return answers.map(({ isKnown, values }) => (isKnown ? values : undefined));
      } catch (error) {
        if (signal.aborted || !(error instanceof CodedError)) throw error;
        outage.failed(error);
        if (!isHistory) {
          if (hasCode(error, "TIMEOUT")) this.#missed(share);
          return none;
        }
        if (!hasCode(error, "TIMEOUT") && !error.flags.retry) throw error;
      }
      await delay(ASK_AGAIN_MS, undefined, { signal });
    }
  }

  #missed(share: number): void {
    this.#silence.set(share, { times: (this.#silence.get(share)?.times ?? 0) + 1, since: performance.now() });
  }

  #isSilent(share: number): boolean {
    const { times = 0, since = 0 } = this.#silence.get(share) ?? {};
    return times >= SILENT_AFTER && performance.now() - since < SILENT_MS;
  }

  #send(share: number, lookups: readonly WindowLookup[], timeoutMs: number): Promise<WindowsAnswered> {
    const { requester } = this.#options;
    const time = Math.max(...lookups.map((lookup) => lookup.time));
    const value = { lookups: [...lookups], after: this.#read() };
    return requester.request({ key: "", value, time, partition: share }, timeoutMs);
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

/** @param charactersOf of a lookup's key, of up to three bytes each */
function chunks(all: readonly number[], charactersOf: (at: number) => number): readonly (readonly number[])[] {
  const some: number[][] = [];
  let room = 0;
  for (const at of all) {
    const bytes = Math.max(MOST_BYTES / MOST_LOOKUPS, 3 * charactersOf(at));
    if (some.length === 0 || bytes > room) {
      some.push([]);
      room = MOST_BYTES;
    }
    some.at(-1)!.push(at);
    room -= bytes;
  }
  return some;
}
