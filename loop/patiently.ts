import { setTimeout as delay } from "node:timers/promises";
import { CodedError, type Outage, streamsLimits } from "../streams/index.ts";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5_000;

/**
 * Waits for something that is not there yet, and reports the wait: tries again while the error may pass by
 * itself, up to `startPatienceMs`, then rejects with it. `undefined` if the signal came first.
 */
export async function patiently<T>(
  outage: Outage,
  signal: AbortSignal,
  attempt: () => Promise<T>,
  patienceMs: number = streamsLimits.startPatienceMs,
): Promise<T | undefined> {
  const deadline = performance.now() + patienceMs;
  for (let waitMs = FIRST_WAIT_MS; !signal.aborted; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    try {
      const result = await attempt();
      outage.ended();
      return result;
    } catch (error) {
      const passes = error instanceof CodedError && error.flags.retry && !error.flags.byHand;
      if (!passes || performance.now() + waitMs > deadline) {
        outage.givenUp(error);
        throw error;
      }
      outage.failed(error);
    }
    await delay(waitMs, undefined, { signal }).catch(() => undefined);
  }
  outage.givenUp();
  return undefined;
}
