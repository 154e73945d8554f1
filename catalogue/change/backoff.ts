import { setTimeout as delay } from "node:timers/promises";

const FIRST_MS = 20;
const LONGEST_MS = 1_000;

/** Waits before another attempt: on average twice as long each time, and for another random time in each process. */
export async function backoff(attempt: number): Promise<void> {
  await delay(Math.random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt + 1, 16)));
}
