import { setTimeout as delay } from "node:timers/promises";
import { LoopApi, type Answer, type LoopApiOptions } from "./loop-api.ts";
import { deliveries, type Delivery } from "./readers.ts";

/** Between two editions, so that the loop has counted the openings of the first one. */
const PAUSE_MS = 250;
const EDITIONS_A_DAY = 3;

export interface SimulateOptions extends LoopApiOptions {
  readonly seed: number;
  /** UTC midnight of the first day, ms. */
  readonly from: number;
  readonly days: number;
  readonly signal: AbortSignal;
  /** Hears of each day that is over. */
  readonly onDay: (day: DayTold) => void;
}

/** Counts of a day or of the whole run. */
export interface Told {
  readonly asked: number;
  /** Decisions that a model made; the app's own rule made the others. */
  readonly byModel: number;
  readonly opened: number;
  readonly loadedAhead: number;
  /** Opened, and loaded ahead: the reader did not wait. */
  readonly inTime: number;
}

export interface DayTold extends Told {
  /** UTC midnight, ms. */
  readonly day: number;
}

const none: Told = Object.freeze({ asked: 0, byModel: 0, opened: 0, loadedAhead: 0, inTime: 0 });

/**
 * A news app's days, as fast as the loop takes them: it asks whether to load each edition onto each reader's phone, and
 * tells who opened it. Where there is no decision the app goes by its own rule: load on Wi-Fi.
 */
export async function simulate({ seed, from, days, signal, onDay, ...place }: SimulateOptions): Promise<Told> {
  const api = new LoopApi(place);
  await api.ready();
  let [all, today, editions] = [none, none, 0];
  for (const edition of deliveries(seed, from, days)) {
    if (signal.aborted) break;
    const answers = await api.decide(edition);
    await api.tell(edition);
    const told = countsOf(edition, answers);
    [all, today] = [added(all, told), added(today, told)];
    editions++;
    if (editions % EDITIONS_A_DAY === 0) {
      onDay({ day: Math.floor(edition[0]!.time / 86_400_000) * 86_400_000, ...today });
      today = none;
    }
    await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }
  return all;
}

function countsOf(edition: readonly Delivery[], answers: readonly Answer[]): Told {
  const loaded = edition.map(({ context }, at) => {
    const { value } = answers[at]!;
    return typeof value === "boolean" ? value : context.wifi;
  });
  const count = (is: (at: number) => boolean): number => edition.filter((_, at) => is(at)).length;
  const wasOpened = (at: number): boolean => edition[at]!.opened !== undefined;
  return {
    asked: edition.length,
    byModel: count((at) => answers[at]!.modelId !== null),
    opened: count(wasOpened),
    loadedAhead: count((at) => loaded[at]!),
    inTime: count((at) => loaded[at]! && wasOpened(at)),
  };
}

const added = (a: Told, b: Told): Told => ({
  asked: a.asked + b.asked,
  byModel: a.byModel + b.byModel,
  opened: a.opened + b.opened,
  loadedAhead: a.loadedAhead + b.loadedAhead,
  inTime: a.inTime + b.inTime,
});
