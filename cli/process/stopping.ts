import { setTimeout as delay } from "node:timers/promises";
import { streamsLimits, type Log } from "../../streams/index.ts";
import { exitCodes } from "../exit-codes.ts";

export interface Stopping {
  /** Aborted when the command is to end. */
  readonly signal: AbortSignal;
  /** Ends the command, as a signal does. It then has `stopMs`; after that the process ends as it stands. */
  begin(): void;
  /** The result of `work`, or `undefined` as soon as the command is to end: `work` is then left alone. */
  unlessStopped<T>(work: Promise<T>): Promise<T | undefined>;
}

/**
 * SIGINT and SIGTERM end the process: the first in good order, within a stated time, a second one at once. Nothing is
 * lost either way, since every command may be killed at any time.
 */
export function stopOnSignals(log: Log, limitMs: number = streamsLimits.stopMs): Stopping {
  const stop = new AbortController();
  const begin = (): void => {
    if (stop.signal.aborted) return;
    stop.abort();
    setTimeout(() => {
      log.error({ limitMs }, "not stopped in time: the process ends as it stands; the next start goes on from there");
      process.exit(exitCodes.failed);
    }, limitMs).unref();
  };
  for (const [name, number] of [
    ["SIGINT", 2],
    ["SIGTERM", 15],
  ] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(128 + number);
      begin();
    });
  }
  return {
    signal: stop.signal,
    begin,
    unlessStopped<T>(work: Promise<T>) {
      work.catch(() => undefined);
      return Promise.race([work, aborted(stop.signal)]);
    },
  };
}

export function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}

/** Longest time that open connections, timers or workers may keep the process alive after the command. */
const LEFT_OPEN_MS = 2_000;

/**
 * The command is done. Open connections and timers have a moment to end; then the process is ended, with its exit code.
 */
export function endSoon(): void {
  void delay(LEFT_OPEN_MS, undefined, { ref: false }).then(() => {
    if (process.env["LOOPSTREAM_DEBUG"] !== undefined)
      console.error(`loopstream: still open: ${process.getActiveResourcesInfo().join(", ")}`);
    process.exit();
  });
}
