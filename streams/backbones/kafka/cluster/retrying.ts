import type { Outage, Outages } from "../../../outage.ts";
import { isTransient } from "./kafka-errors.ts";

const firstDelayMs = 1;
const longestDelayMs = 250;
/** Leaders that move and transactions that are still being completed are over before it. */
export const quietMs = 1_000;
/** Work under way may still be tried for so long after the backbone is closed. */
const goodbyeMs = 2_000;

export interface Patience {
  readonly deliveryTimeoutMs: number;
  readonly outages: Outages;
  /** Aborted when the backbone is closed. */
  readonly closing: AbortSignal;
}

/**
 * Repeats `attempt` while its error is transient and the time is not over; then rejects with the last error.
 * @param what the work's name in the log and the metrics.
 */
export async function retrying<T>(
  { deliveryTimeoutMs, outages, closing }: Patience,
  what: string,
  attempt: () => Promise<T>,
  between?: (error: unknown) => Promise<void>,
): Promise<T> {
  const started = performance.now();
  let outage: Outage | undefined;
  for (let delayMs = firstDelayMs; ; delayMs = Math.min(delayMs * 2, longestDelayMs)) {
    try {
      const result = await attempt();
      outage?.ended();
      return result;
    } catch (error) {
      const left = (closing.aborted ? Math.min(goodbyeMs, deliveryTimeoutMs) : deliveryTimeoutMs) + started;
      if (!isTransient(error) || performance.now() + delayMs > left) {
        outage?.givenUp(error);
        throw error;
      }
      outage ??= outages.of(what, quietMs);
      outage.failed(error);
      await pause(delayMs);
      // The repair of the connection may fail as the attempt did; the next attempt tells.
      await between?.(error).catch(() => undefined);
    }
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
