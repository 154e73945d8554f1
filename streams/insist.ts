import type { StreamsError } from "./errors.ts";
import type { Outage } from "./outage.ts";
import type { Pause } from "./pause.ts";
import { CodedError } from "./coded-error.ts";

export interface InsistOptions {
  /** Hears of every failed attempt. The caller ends it: work may be more than one attempt. */
  readonly outage: Outage;
  /** For the waits between attempts; ended when the work is no longer wanted. */
  readonly pause: Pause;
  readonly isClosing: () => boolean;
  /** Whether another attempt may succeed. Default: by the table of errors. */
  readonly passes?: (error: unknown) => boolean;
  /** For the lines of the log. */
  readonly fields?: object;
}

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

/**
 * Tries again, at growing intervals, while the work fails with an error that may pass; rejects with any other error.
 * @returns `undefined` if it was closed meanwhile.
 */
export async function insist<T>(work: () => T | Promise<T>, options: InsistOptions): Promise<T | undefined> {
  const { outage, pause, isClosing, passes = mayPass, fields } = options;
  for (let waitMs = FIRST_WAIT_MS; !isClosing(); waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!passes(error)) throw error;
      outage.failed(error, fields);
    }
    await pause.wait(waitMs);
  }
  return undefined;
}

const mayPass = (error: unknown): boolean => error instanceof CodedError && error.flags.retry;

/** For a reader's error: an invalid position is the caller's to settle. */
export const isPassingRead = (error: unknown): boolean =>
  mayPass(error) && (error as StreamsError).code !== "TOPIC_MOVED";
