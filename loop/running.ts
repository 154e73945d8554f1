import { setTimeout as delay } from "node:timers/promises";
import { reasonOf, type Log, type Outage } from "../streams/index.ts";
import { aborted } from "./until-aborted.ts";

/** Work beside the loop. */
export interface Running {
  close(): Promise<void>;
}

/** Longest pause before rarer work is tried again after a failure. */
const LONGEST_RETRY_MS = 60_000;

/** Repeats the work. From a failure until the next success there is an outage. */
export function every(ms: number, outage: Outage, work: () => Promise<void>): Running {
  let running: Promise<void> = Promise.resolve();
  let busy = false;
  let next = performance.now() + ms;
  const timer = setInterval(
    () => {
      if (busy || (!outage.lasting && performance.now() < next)) return;
      busy = true;
      next = performance.now() + ms;
      running = work()
        .then(
          () => outage.ended(),
          (error: unknown) => outage.failed(error),
        )
        .finally(() => (busy = false));
    },
    Math.min(ms, LONGEST_RETRY_MS),
  );
  return {
    async close() {
      clearInterval(timer);
      await running;
      outage.givenUp();
    },
  };
}

export interface KeepRunningOptions {
  /** Ends it. */
  readonly signal: AbortSignal;
  readonly log: Log;
  /** For the line of the log about an end by an error: what it is, and its sentence. */
  readonly what: Readonly<Record<string, string>>;
  readonly sentence: string;
  readonly start: (onFailure: (error: unknown) => void) => Promise<Running>;
}

/** Between an end by an error and the next start, ms; twice as long each time. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** Runs work beside the loop until the signal; after an error again, a while later. */
export async function keepRunning({ signal, log, what, sentence, start }: KeepRunningOptions): Promise<void> {
  for (let pause = FIRST_PAUSE_MS; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const ended = new AbortController();
    try {
      const started = performance.now();
      let failure: unknown;
      const work = await start((error) => {
        failure = error;
        ended.abort();
      });
      await aborted(AbortSignal.any([signal, ended.signal]));
      await work.close();
      if (performance.now() - started > LONGEST_PAUSE_MS) pause = FIRST_PAUSE_MS;
      if (failure !== undefined) throw failure;
    } catch (error) {
      if (signal.aborted) return;
      log.error({ ...what, error: reasonOf(error), seconds: pause / 1_000 }, sentence);
      await delay(pause, undefined, { signal }).catch(() => undefined);
    }
  }
}
