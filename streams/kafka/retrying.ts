import { isTransient } from "./kafka-errors.ts";

const firstDelayMs = 1;
const longestDelayMs = 250;

/** Repeats `attempt` while its error is transient and the time is not over; then rejects with the last error. */
export async function retrying<T>(
  timeoutMs: number,
  attempt: () => Promise<T>,
  between?: (error: unknown) => Promise<void>,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (let delayMs = firstDelayMs; ; delayMs = Math.min(delayMs * 2, longestDelayMs)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isTransient(error) || performance.now() + delayMs > deadline) throw error;
      await pause(delayMs);
      // What mends the connection may fail as the attempt did; the next attempt tells.
      await between?.(error).catch(() => undefined);
    }
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
