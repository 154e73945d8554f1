import type { StreamsError } from "./errors.ts";
import type { Outage } from "./outage.ts";
import type { Pause } from "./pause.ts";
import { CodedError } from "./coded-error.ts";

export interface InsistOptions {
  /** Told of every attempt that fails. Whoever calls says when it has ended: work may be more than one attempt. */
  readonly outage: Outage;
  /** For the waits between attempts; ended where nobody waits for the work any more. */
  readonly pause: Pause;
  readonly isClosing: () => boolean;
  /** Whether another attempt can mend it. Default: what the table of errors says. */
  readonly passes?: (error: unknown) => boolean;
  /** For the lines of the log. */
  readonly fields?: object;
}

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

/**
 * Tries again, at growing intervals, as long as the work fails with what passes; rejects with any other error.
 * @returns `undefined` where it was closed meanwhile.
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

/** Of a reader's error: a position that does not hold any more is for the caller to settle. */
export const isPassingRead = (error: unknown): boolean =>
  mayPass(error) && (error as StreamsError).code !== "TOPIC_MOVED";
